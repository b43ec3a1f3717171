"""Residents of the demonstration city who apply for a restaurant over the API: accounts, tokens, papers.

`python -m benchmarks.applicants COUNT` makes them in the prepared city of its environment and prints them as JSON.
Where departments hold data, they are people of whom these know: every other one owns business premises. They bring
what nobody tells of them.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.servers import City, DidNotStart
from tools.tree import ROOT

if TYPE_CHECKING:
    from yiwang.service.applications.answers import Answer

SERVICE = "open-a-restaurant"
ANSWERS: dict[str, Answer | None] = {
    "premises.floor_area": "320",
    "premises.floor": "ground",
    "food.hot_food": "electric",
    "shop_sign.wanted": False,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "江畔小馆",
    "enterprise.activity": "meals",
    "premises.tenure": "own",
    "food.items": ["hot"],
    "premises.seats": 60,
    "food.staff": 8,
    "discharge.kind": "catering",
    "discharge.daily_m3": "10",
    "discharge.grease_trap": True,
    "seal.kinds": ["official"],
}


@dataclass(frozen=True)
class Applicant:
    """Somebody with a bearer token and a paper to bring, the papers that the service wants and the parts whose promise
    it wants signed."""

    token: str
    paper: str
    materials: dict[str, list[str]]
    signed: list[str]

    def application(self, address: str) -> bytes:
        """A complete application, told from others by the address of the premises."""
        body = {
            "code": SERVICE,
            "answers": {**ANSWERS, "premises.address": address},
            "materials": self.materials,
            "signed": self.signed,
            "declared": True,
        }
        return json.dumps(body, ensure_ascii=False).encode()


def settle(city: City, count: int) -> list[Applicant]:
    """Prepare the demonstration city and make `count` applicants in it. Raises DidNotStart."""
    city.prepare()
    return arrive(city, count)


def arrive(city: City, count: int) -> list[Applicant]:
    """Make `count` further applicants in a prepared city. Raises DidNotStart."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.applicants", str(count)],
        cwd=ROOT,
        env=city.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DidNotStart(f"no applicants:\n{done.stderr.strip()}")
    return [Applicant(**each) for each in json.loads(done.stdout)]


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    from yiwang.foundation.directory.models import Person
    from yiwang.foundation.kernel.identifiers import make_resident_id

    count, there = int(sys.argv[1]), Person.objects.count()
    registers = Path(settings.YIWANG_DATA_DIR) / "departments"
    people = (
        _registered(registers, count)
        if registers.is_dir()
        else [(f"王小{number}", make_resident_id(number)) for number in range(there, there + count)]
    )
    print(json.dumps([asdict(_applicant(*each, there + number)) for number, each in enumerate(people)]))


def _registered(registers: Path, count: int) -> list[tuple[str, str]]:
    """Names and numbers of people in the invented registers, every other one with business premises of their own."""
    from yiwang.foundation.directory.models import Person

    known = set(Person.objects.values_list("resident_id", flat=True))
    with sqlite3.connect(registers / "public-security.sqlite3") as people:
        people.execute("ATTACH ? AS land", [str(registers / "natural-resources.sqlite3")])
        living = "SELECT xm, gmsfhm FROM t_rk_jbxx WHERE rkzt = '0' AND length(gmsfhm) = 18"
        theirs = "qlrzjhm = gmsfhm AND qlrzl = '1' AND ghyt <> '10' AND qszt = '1'"
        owning = f"EXISTS (SELECT 1 FROM land.bdc_fdcq WHERE {theirs})"
        owners = people.execute(f"{living} AND {owning} ORDER BY gmsfhm").fetchall()
        others = people.execute(f"{living} AND NOT {owning} ORDER BY gmsfhm").fetchall()
    found = chain.from_iterable(zip(owners, others, strict=False))
    return [each for each in dict.fromkeys(found) if each[1] not in known][:count]


def _applicant(name: str, resident_id: str, number: int) -> Applicant:
    from yiwang.foundation.directory import actions as directory
    from yiwang.foundation.directory.actor import actor_of
    from yiwang.foundation.directory.levels import Level
    from yiwang.foundation.directory.models import Person, User, UserKind
    from yiwang.foundation.kernel.time import now
    from yiwang.service.applications import actions, asking, drafts
    from yiwang.service.applications.progress import Kind

    person = Person.objects.create(name=name, resident_id=resident_id, phone=f"198{number:08d}", level=Level.REAL_NAME)
    user = User.objects.create(
        username=f"applicant{number}", name=person.name, kind=UserKind.RESIDENT, person=person, registered_at=now()
    )
    by = actor_of(user)
    paper = str(_paper(user))
    draft, _new = actions.start(SERVICE, by=by)
    actions.answer(draft, {**ANSWERS, "premises.address": "望江区滨江路 8 号"}, by=by)
    asking.look_up(draft, by=by)
    missing = drafts.read(draft, by).progress.missing
    assert all(each.kind in (Kind.MATERIAL, Kind.COMMITMENT) for each in missing), missing
    actions.discard(draft, by=by)
    return Applicant(
        token=directory.issue_token(user, "bench").token,
        paper=paper,
        materials={each.key: [paper] for each in missing if each.kind is Kind.MATERIAL},
        signed=[each.key for each in missing if each.kind is Kind.COMMITMENT],
    )


def _paper(user: Any) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from yiwang.foundation.documents import actions as documents
    from yiwang.service.applications.pages import PURPOSE

    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    upload = SimpleUploadedFile("paper.png", content.getvalue(), "image/png")
    return documents.receive(upload, "paper.png", user, PURPOSE).id


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    main()
