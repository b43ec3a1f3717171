"""Reading the city's search files, with what is wrong in them.

`read` never raises for what a writer did: it leaves the part out and says so. `current` is the lexicon of the running
city, read again when a file changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock

import yaml
from django.conf import settings

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.search.lexicon import GAP, Aspect, Lexicon, Scenario, Synonym
from yiwang.foundation.search.terms import fold

SYNONYMS = "synonyms.yaml"
SCENARIOS = "scenarios.yaml"

# The same parser written in C where PyYAML brings it: a city's vocabulary is read in a tenth of the time.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

MAX_BYTES = 2_000_000
MAX_WORD = 100


def read(folder: Path) -> tuple[Lexicon, list[Finding]]:
    """The lexicon in a city's `search/` folder. A file that is absent is an empty one."""
    findings: list[Finding] = []
    synonyms = _Section.of(folder / SYNONYMS, findings)
    scenarios = _Section.of(folder / SCENARIOS, findings)
    synonyms.allow("spoken", "leave_out", "synonyms", "aspects")
    scenarios.allow("scenarios")
    lexicon = Lexicon(
        spoken=tuple(_spoken(synonyms)),
        leave_out=synonyms.words("leave_out"),
        synonyms=tuple(_synonyms(synonyms)),
        aspects=tuple(_aspects(synonyms)),
        scenarios=tuple(
            Scenario(group.words("matters", required=True), group.words("said", required=True))
            for group in scenarios.groups("scenarios", "matters", "said")
        ),
    )
    return _in_plain_words(lexicon), sorted(findings)


def _spoken(section: _Section) -> Iterator[tuple[str, str]]:
    for group in section.groups("spoken", "said", "plain"):
        plain = group.text("plain")
        yield from ((said, plain or said) for said in group.words("said", required=True))


def _in_plain_words(lexicon: Lexicon) -> Lexicon:
    """What the city wrote, said as questions are read: it may use spoken words anywhere."""

    def each(words: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(lexicon.plain, words)))

    joined: dict[tuple[str, ...], tuple[str, ...]] = {}
    for synonym in lexicon.synonyms:
        said = tuple(map(lexicon.plain, synonym.said))
        # Said in several groups, a word means what all of them name.
        joined[said] = tuple(dict.fromkeys((*joined.get(said, ()), *each(synonym.named))))
    return replace(
        lexicon,
        leave_out=each(lexicon.leave_out),
        synonyms=tuple(Synonym(said, named) for said, named in joined.items() if named),
        aspects=tuple(replace(aspect, said=each(aspect.said), named=each(aspect.named)) for aspect in lexicon.aspects),
        scenarios=tuple(replace(scenario, said=each(scenario.said)) for scenario in lexicon.scenarios),
    )


def _synonyms(section: _Section) -> Iterator[Synonym]:
    for group in section.groups("synonyms", "said", "named"):
        named = group.words("named", required=True)
        yield from (Synonym(tuple(said.split(GAP)), named) for said in group.words("said", required=True))


def _aspects(section: _Section) -> Iterator[Aspect]:
    for name, group in section.named_groups("aspects", "said", "named", "unasked"):
        yield Aspect(
            name,
            said=group.words("said"),
            named=group.words("named", required=True),
            unasked=group.factor("unasked", 0.8),
        )


class _Section:
    """A mapping of a YAML file that knows its lines."""

    def __init__(self, path: Path, node: yaml.MappingNode | None, findings: list[Finding]) -> None:
        self.path = path
        self.line = node.start_mark.line + 1 if node else 1
        self.findings = findings
        self.values: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value if node else ():
            if str(key.value) in self.values:
                self.report(key, f"“{key.value}” is written twice.", "Join the two.")
            self.values[str(key.value)] = (key, value)

    @classmethod
    def of(cls, path: Path, findings: list[Finding]) -> _Section:
        empty = cls(path, None, findings)
        try:
            if not path.exists():
                return empty
            raw = path.read_bytes()
            if len(raw) > MAX_BYTES:
                raise ValueError(f"it is larger than {MAX_BYTES} bytes")
            # Nothing is built from tags here; aliases are refused because they could multiply.
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(raw, LOADER)):
                raise ValueError("aliases (*) are not used here; put what begins with * in quotes")
            node = yaml.compose(raw, LOADER)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            findings.append(Finding(path, line, f"This is not YAML: {error.problem}.", "Mend this line."))
            return empty
        except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
            findings.append(Finding(path, 1, f"The file cannot be read: {error}.", "Mend the file."))
            return empty
        if node is None:
            return empty
        if not isinstance(node, yaml.MappingNode):
            findings.append(Finding(path, 1, "The file must hold named parts.", "Begin with a name and a colon."))
            return empty
        return cls(path, node, findings)

    def report(self, node: yaml.Node | None, message: str, remedy: str) -> None:
        line = node.start_mark.line + 1 if node is not None else self.line
        self.findings.append(Finding(self.path, line, message, remedy))

    def allow(self, *names: str) -> None:
        for name, (key, _value) in self.values.items():
            if name not in names:
                message = f"“{name}” is not known here."
                self.report(key, message, f"Use one of: {', '.join(names)}.")

    def words(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """The folded texts of a list, each once."""
        if name not in self.values:
            if required:
                self.report(None, f"“{name}” is missing.", "Add it here.")
            return ()
        found: list[str] = []
        for item in self._items(self.values[name][1], name):
            # Folding would turn the sign for a gap into three full stops.
            parts = item.value.split(GAP) if isinstance(item, yaml.ScalarNode) else ()
            text = GAP.join(folded for part in parts if (folded := fold(part)))
            if not 0 < len(text) <= MAX_WORD:
                message = f"Each entry of “{name}” is a text of 1 to {MAX_WORD} characters."
                self.report(item, message, "Write a shorter text, or delete it.")
            elif text not in found:
                found.append(text)
        return tuple(found)

    def text(self, name: str) -> str:
        """The folded text; empty when it is not given."""
        if name not in self.values:
            return ""
        node = self.values[name][1]
        text = fold(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if not 0 < len(text) <= MAX_WORD:
            self.report(
                node, f"“{name}” is a text of 1 to {MAX_WORD} characters.", "Write a word, or delete this part."
            )
            return ""
        return text

    def groups(self, name: str, *allowed: str) -> Iterator[_Section]:
        if name in self.values:
            for item in self._items(self.values[name][1], name):
                group = self._group(item)
                if group:
                    group.allow(*allowed)
                    yield group

    def named_groups(self, name: str, *allowed: str) -> Iterator[tuple[str, _Section]]:
        whole = self._group(self.values[name][1]) if name in self.values else None
        for key, (_node, item) in whole.values.items() if whole else ():
            group = self._group(item)
            if group:
                group.allow(*allowed)
                yield key, group

    def factor(self, name: str, default: float) -> float:
        if name not in self.values:
            return default
        node = self.values[name][1]
        try:
            factor = float(node.value)
        except (TypeError, ValueError):
            factor = -1.0
        if not 0.1 <= factor <= 2.0:
            self.report(node, f"“{name}” is a number from 0.1 to 2.", "Write for example 0.8.")
            return default
        return factor

    def _group(self, node: yaml.Node) -> _Section | None:
        if isinstance(node, yaml.MappingNode):
            return _Section(self.path, node, self.findings)
        self.report(node, "Named parts are expected here.", "Write “name: value” on each line.")
        return None

    def _items(self, node: yaml.Node, name: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        message = f"“{name}” must be a list."
        self.report(node, message, "Write it in square brackets, or each entry on its own line after “- ”.")
        return []


_lock = Lock()
_read: tuple[object, Lexicon] | None = None


def current() -> Lexicon:
    """The lexicon of this installation's city (`YIWANG_CITY_DIR`), read again when one of its files changes."""
    global _read
    folder = Path(settings.YIWANG_CITY_DIR) / "search"
    stamp = (folder, *(_stamp(folder / name) for name in (SYNONYMS, SCENARIOS)))
    held = _read
    if held is None or held[0] != stamp:
        with _lock:
            held = (stamp, read(folder)[0])
            _read = held
    return held[1]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)
