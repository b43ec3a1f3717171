"""One broken line for each thing the check knows: it names the file, the line and what to do."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.service.catalogue.little_city import LittleCity
from yiwang.foundation.kernel.findings import errors
from yiwang.service.catalogue.check import check

DRAINAGE = "matters/drainage/matter.yaml"
REGISTRATION = "matters/registration/matter.yaml"
CARD = "matters/senior-card/matter.yaml"
BUNDLE = "matters/open-a-shop/bundle.yaml"


@dataclass(frozen=True)
class Broken:
    """A piece of a file, what it is replaced by, and what the check must say there (`below`: lines further down)."""

    file: str
    old: str
    new: str
    says: str
    remedy: str
    below: int = 0


BROKEN = {
    "a model text with an answer that is never asked": Broken(
        DRAINAGE,
        "  - plan\n",
        "  - plan: {model: {zh: '{premises.area}', en: '{premises.area}'}}\n",
        "names “premises.area”, which this matter never asks",
        "It may name",
    ),
    "a suggestion for a question never asked": Broken(
        DRAINAGE,
        "materials:\n",
        "suggest:\n  - premises.floor_area: {value: '3', because: {zh: 小店, en: Small}}\nmaterials:\n",
        "“premises.floor_area” is suggested and never asked",
        "Suggest one of",
        below=1,
    ),
    "a suggestion that reads what is never asked": Broken(
        DRAINAGE,
        "materials:\n",
        "suggest:\n  - discharge.daily_m3: {value: premises.floor_area, because: {zh: 小店, en: Small}}\nmaterials:\n",
        "premises.floor_area is not known",
        "Give what “discharge.daily_m3” is: decimal.",
        below=1,
    ),
    "a suggestion of another kind": Broken(
        DRAINAGE,
        "materials:\n",
        "suggest:\n  - discharge.daily_m3: {value: discharge.kind, because: {zh: 小店, en: Small}}\nmaterials:\n",
        "a number is wanted",
        "Give what “discharge.daily_m3” is: decimal.",
        below=1,
    ),
    "a suggested answer that the choice does not have": Broken(
        DRAINAGE,
        "materials:\n",
        "suggest:\n  - discharge.kind: {value: '\"greasy\"', because: {zh: 小店, en: Small}}\nmaterials:\n",
        "has no answer “greasy”",
        "It has catering, domestic.",
        below=1,
    ),
    "a suggestion that waits for itself": Broken(
        DRAINAGE,
        "materials:\n",
        'suggest:\n  - discharge.kind: {value: \'if discharge.daily_m3 > 1 then "catering" else "domestic"\','
        " because: {zh: 小店, en: Small}}\nmaterials:\n",
        "its suggestion runs in a circle",
        "Break it.",
        below=1,
    ),
    "a suggestion without a reason": Broken(
        BUNDLE,
        "parts:\n",
        "suggest:\n  - discharge.kind: {value: '\"catering\"'}\nparts:\n",
        "“because” is missing",
        "because",
        below=1,
    ),
    "a suggestion with bad FEEL": Broken(
        BUNDLE,
        "parts:\n",
        "suggest:\n  - discharge.daily_m3: {value: 3 +, because: {zh: 小店, en: Small}}\nparts:\n",
        "cannot be read",
        "Correct it at character",
        below=1,
    ),
    "an element that no vocabulary defines": Broken(
        DRAINAGE,
        "- enterprise.uscc",
        "- enterprise.usc",
        "no element “enterprise.usc”",
        "Did you mean “enterprise.uscc”?",
    ),
    "a created fact that no vocabulary defines": Broken(
        REGISTRATION, "[enterprise.uscc]", "[enterprise.code]", "no element “enterprise.code”", "“enterprise.uscc”"
    ),
    "an act that the law does not know": Broken(
        REGISTRATION, "act: registration", "act: registratoin", "not known as act", "Did you mean “registration”?"
    ),
    "a derived element is asked": Broken(
        CARD, "- person.resident_id", "- person.age", "known from person.resident_id", "Ask person.resident_id."
    ),
    "a condition on a question never asked": Broken(
        DRAINAGE,
        "report: {when: discharge.daily_m3 >= 50",
        "report: {when: premises.floor_area >= 50",
        "“premises.floor_area”, which is never asked",
        "Ask it first",
    ),
    "a condition on a question asked only later": Broken(
        DRAINAGE,
        "- discharge.kind:     {why: {zh: 决定要不要核查, en: It decides on a visit}}\n"
        '  - discharge.daily_m3: {when: discharge.kind != "domestic"}',
        '- discharge.daily_m3: {when: discharge.kind != "domestic"}\n'
        "  - discharge.kind:     {why: {zh: 决定要不要核查, en: It decides on a visit}}",
        "“discharge.kind”, which is asked only later",
        "Ask discharge.kind before this.",
    ),
    "a condition with bad FEEL": Broken(
        DRAINAGE,
        "report: {when: discharge.daily_m3 >= 50",
        "report: {when: discharge.daily_m3 >= >= 50",
        "cannot be read",
        "Correct it at character",
    ),
    "a condition that compares text with a number": Broken(
        DRAINAGE,
        "report: {when: discharge.daily_m3 >= 50",
        "report: {when: discharge.kind >= 50",
        "does not fit",
        "Compare things of the same kind.",
    ),
    "a condition on an answer that the choice does not have": Broken(
        DRAINAGE,
        'needs: review, within: 2 working days, when: discharge.kind != "domestic"',
        'needs: review, within: 2 working days, when: discharge.kind != "domestik"',
        "has no answer “domestik”",
        "Use one of the element's answers.",
    ),
    "a condition that is never true": Broken(
        DRAINAGE, "report: {when: discharge.daily_m3 >= 50", "report: {when: 1 > 2", "is never true", "Remove it"
    ),
    "a rule on what nobody asked": Broken(
        CARD,
        "grant_when: person.age >= 60",
        "grant_when: person.born >= 60",
        "“person.born”, which is never asked",
        "person.age",
    ),
    "a task nobody can reach": Broken(
        DRAINAGE, "needs: [review, site]", "needs: review", "Nobody can reach “site”", "Add “site” to the needs", -1
    ),
    "a task that needs what the plan does not have": Broken(
        DRAINAGE, "needs: [review, site]", "needs: [review, sight]", "needs “sight”", "Tasks are: review, site, decide."
    ),
    "needs that run in a circle": Broken(
        DRAINAGE,
        "review: {by: water/permits, within",
        "review: {by: water/permits, needs: decide, within",
        "its needs run in a circle",
        "Remove one of the needs.",
    ),
    "a plan without a decision": Broken(
        DRAINAGE,
        "  decide: {by",
        "  assess: {name: {zh: 研究, en: Study}, by",
        "no decision",
        "Name exactly one task",
        -2,
    ),
    "two decisions": Broken(
        DRAINAGE,
        "  site:   {by",
        "  site:   {kind: decide, by",
        "more than one decision",
        "Name exactly one task",
        -1,
    ),
    "a rule's task without a rule": Broken(
        DRAINAGE,
        "decide: {by: water/permits",
        "decide: {kind: rule, by: water/permits",
        "A rule decides",
        "Add “rule:”",
    ),
    "a critical path longer than the promise": Broken(
        DRAINAGE, "promise: 5 working days", "promise: 3 working days", "takes 4 working days", "Shorten tasks"
    ),
    "a promise longer than the statute": Broken(
        DRAINAGE, "promise: 5 working days", "promise: 16 working days", "longer than the statute's", "Promise 15"
    ),
    "a limit without a unit": Broken(
        DRAINAGE, "statute: 15 working days", 'statute: "15"', "“15” is not a time limit", "Write “5 working days”"
    ),
    "a name in one language only": Broken(
        DRAINAGE,
        "name: {zh: 排水许可, en: Drainage permit}\n",
        "name: {zh: 排水许可}\n",
        "“name” is missing in English",
        "Add “en: ...” to it.",
    ),
    "a name without languages": Broken(
        DRAINAGE,
        "name: {zh: 排水许可, en: Drainage permit}\n",
        "name: 排水许可\n",
        "one language only",
        "Write “name: {zh",
    ),
    "an unknown department": Broken(
        DRAINAGE, "department: water", "department: watre", "no department “watre”", "Did you mean “water”?"
    ),
    "an unknown post": Broken(
        DRAINAGE, "by: water/inspection", "by: water/inspector", "no post “water/inspector”", "“water/inspection”"
    ),
    "a material from an unknown department": Broken(
        DRAINAGE,
        "  - licence\n",
        "  - licence: {source: marketing}\n",
        "no department “marketing”",
        "Did you mean “market”?",
    ),
    "a material that nobody named": Broken(
        DRAINAGE, "  - plan\n", "  - plan_of_drains\n", "“name” is missing", "Add “name: {zh: ..., en: ...}”"
    ),
    "a special procedure of no listed kind": Broken(
        DRAINAGE, "kind: test,", "kind: laboratory,", "“laboratory” is not known as kind", "hearing"
    ),
    "a special procedure without basis": Broken(
        DRAINAGE, "basis: 行政许可法 第四十五条, at_most", "at_most", "“basis” is missing", "Add “basis"
    ),
    "a catalogue code used twice": Broken(
        REGISTRATION, '"000131001000"', '"000119009000"', "is already that of “drainage”", "Give each matter its own."
    ),
    "a task code used twice": Broken(
        REGISTRATION,
        '"11319900MB2F00001D3000131001000"',
        '"11319900MB2F00003K3000119009000"',
        "is already that of “drainage”",
        "Give each matter its own.",
    ),
    "a catalogue code that is none": Broken(
        REGISTRATION, '"000131001000"', '"131001"', "“131001” is not a catalogue code", "Write 12 digits in quotes."
    ),
    "a code written as a number": Broken(
        REGISTRATION, '"000131001000"', "131001000000", "must be text, not 131001000000", "Put it in quotes."
    ),
    "a result without a name": Broken(
        DRAINAGE,
        "result: {name: {zh: 排水许可证, en: Drainage permit}, licence",
        "result: {licence",
        "“name” is missing",
        "Add “name",
    ),
    "a validity that is no length of time": Broken(
        DRAINAGE, "valid: 5 years", "valid: five years", "“five years” is not a length of time", "Write “5 years”"
    ),
    "a result that nobody hands over": Broken(
        DRAINAGE, "valid: 5 years", "delivery: collection", "Nobody hands the result over", "delivered_by"
    ),
    "a fee without its basis": Broken(
        DRAINAGE, "fee: none", "fee: 20 yuan", "A fee needs its legal basis", "fee_basis"
    ),
    "a fee that is none": Broken(DRAINAGE, "fee: none", "fee: a little", "“a little” is not a fee", "Write “none”"),
    "a misspelt field": Broken(DRAINAGE, "visits: 0", "visits: 0\nvisit: 1", "“visit” is not a field", "“visits”", 1),
    "a field written twice": Broken(
        DRAINAGE, "visits: 0", "visits: 0\nvisits: 1", "“visits” is written twice", "Keep", 1
    ),
    "a question asked twice": Broken(
        DRAINAGE, "  - enterprise.uscc\n", "  - enterprise.uscc\n  - enterprise.uscc\n", "appears twice", "Keep one.", 1
    ),
    "YAML that cannot be read": Broken(
        DRAINAGE, "serves: [enterprise]", "serves: [enterprise", "not valid YAML", "", 1
    ),
    "an applicant of no known sort": Broken(
        DRAINAGE,
        "serves: [enterprise]",
        "serves: [enterprises]",
        "“enterprises” is not known",
        "Did you mean “enterprise”?",
    ),
    "hidden text": Broken(
        DRAINAGE,
        "Needed before",
        "Needed\u202e before",
        "cannot be kept (direction_control)",
        "Remove the hidden character",
    ),
    "a bundle's part that nobody publishes": Broken(
        BUNDLE, "matter: drainage", "matter: drain", "No matter “drain” is published", "Did you mean “drainage”?"
    ),
    "a bundle's promise shorter than its parts": Broken(
        BUNDLE, "promise: 6 working days", "promise: 5 working days", "promise 6 working days", "Promise more days"
    ),
    "a part that needs a part the bundle does not have": Broken(
        BUNDLE, "needs: registration", "needs: registry", "needs “registry”", "Parts are: registration, drainage."
    ),
    "parts that need each other": Broken(
        BUNDLE,
        "  registration: registration\n",
        "  registration: {matter: registration, needs: drainage}\n",
        "its needs run in a circle",
        "Remove one of the needs.",
    ),
    "a part that does not wait for the fact it asks": Broken(
        BUNDLE, "needs: registration, ", "", "which part “registration” creates", "Add “needs: registration”."
    ),
    "a part's condition on a question never asked": Broken(
        BUNDLE, "when: premises.floor_area >= 20", "when: premises.area >= 20", "never asked", "“premises.floor_area”"
    ),
    "a part's condition on what only it asks": Broken(
        BUNDLE,
        "when: premises.floor_area >= 20",
        'when: discharge.kind = "catering"',
        "asked only later",
        "before this",
    ),
    "an element without a question": Broken(
        "elements/premises.yaml",
        '  question: {zh: 挂招牌吗？, en: "A sign?"}\n',
        "",
        "“question” is missing",
        "Say as a sentence",
        -3,
    ),
    "a choice with one answer": Broken(
        "elements/discharge.yaml",
        "    catering: {zh: 油污水, en: Greasy}\n",
        "",
        "at least two answers",
        "Add “choices:”",
        -6,
    ),
    "an element of no known kind": Broken(
        "elements/premises.yaml",
        "kind:     boolean",
        "kind:     yes-no",
        "“yes-no” is not known as kind",
        "Choose one of",
    ),
    "bounds the wrong way round": Broken(
        "elements/premises.yaml", "minimum:  1\n", "minimum:  2000\n", "“minimum” is above “maximum”", "Swap them."
    ),
    "a street in no district": Broken(
        "places.yaml", '"999901001"', '"999902001"', "lies in no district", "Add a line for 999902."
    ),
    "a place code that is none": Broken(
        "places.yaml", '"999901001"', '"99"', "“99” is not the code of a place", "Write 6 or 9 digits"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_with_file_line_and_remedy(city: LittleCity, name: str) -> None:
    broken = BROKEN[name]
    line = city.with_text(broken.file, broken.old, broken.new) + broken.below
    found = [finding for finding in check(city.folder) if broken.says in finding.message]
    assert found, f"nothing says {broken.says!r}:\n" + "\n".join(str(finding) for finding in check(city.folder))
    assert found[0].file == city.folder / broken.file
    assert found[0].line == line
    assert broken.remedy in found[0].remedy
    assert found[0].severity == "error"


def test_a_sound_city_has_nothing_to_mend(city: LittleCity) -> None:
    assert check(city.folder) == []


def test_one_mistake_does_not_bring_a_shower_of_others(city: LittleCity) -> None:
    city.with_text(DRAINAGE, "- enterprise.uscc", "- enterprise.usc")
    assert len(check(city.folder)) == 1


def test_a_long_sentence_is_only_a_warning(city: LittleCity) -> None:
    city.with_text(DRAINAGE, "油水先过隔油池。", "后厨的油水" * 10 + "。")
    findings = check(city.folder)
    assert [finding.severity for finding in findings] == ["warning"]
    assert errors(findings) == []


def test_a_licence_that_nobody_issues_is_a_warning(city: LittleCity) -> None:
    city.with_text(REGISTRATION, ", licence: business-licence", "")
    assert [finding.severity for finding in check(city.folder)] == ["warning"]


def test_a_matter_and_a_bundle_cannot_share_a_folder(city: LittleCity) -> None:
    bundle = (city.folder / BUNDLE).read_text(encoding="utf-8")
    (city.folder / "matters/drainage/bundle.yaml").write_text(bundle, encoding="utf-8")
    assert any("“drainage” is a matter already" in finding.message for finding in check(city.folder))


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert [finding.message for finding in check(tmp_path / "nowhere")] == ["There is no such folder."]


def test_a_city_without_files_says_which_are_missing(tmp_path: Path) -> None:
    named = {finding.file.name for finding in check(tmp_path)}
    assert {"departments.yaml", "places.yaml", "elements"} <= named


def test_a_contract_of_the_library_is_checked_with_the_rest(city: LittleCity) -> None:
    path = city.folder / "products" / "water" / "outlets.yaml"
    path.parent.mkdir(parents=True)
    path.write_text('version: "1.0"\n')
    found = [str(finding) for finding in check(city.folder) if finding.file == path]
    assert any("“title” is missing" in line for line in found)
