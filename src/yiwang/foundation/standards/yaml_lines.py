"""YAML as departments write it: plain values that remember their lines.

A deliberately small YAML: mappings, lists, text, numbers, true/false/null. No tags, anchors or aliases, no keys written
twice, no dates or sexagesimals guessed from text (`12:30` stays text). Size and depth are bounded, so that a hostile or
broken file costs nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from yiwang.foundation.kernel.findings import Finding, Refused

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
MAX_NODES = 50_000

Key = str | int
Where = tuple[Key, ...]

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,12}\Z")


_Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
_FAST: _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, ten times as fast, where it is installed. What it refuses the other one explains better."""


class Unreadable(Refused):
    """The file is not the YAML that departments write."""


@dataclass(frozen=True)
class Document:
    """One file's value. `line` answers for any path into it: `document.line("parts", "food", "matter")`."""

    path: Path
    value: object
    lines: Mapping[Where, int]

    def line(self, *where: Key) -> int:
        """The line (from 1) of the deepest part of `where` that is written in the file."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def load(path: Path) -> Document:
    """Read one file. Raises Unreadable, whose findings name file, line and remedy."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(
            (Finding(path, 0, f"The file cannot be read: {error.strerror}.", "Put the file there."),)
        ) from error
    if len(raw) > MAX_BYTES:
        raise Unreadable((Finding(path, 0, f"The file has more than {MAX_BYTES // 1024} KB.", "Split it."),))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable((Finding(path, line, "The file is not UTF-8.", "Save it as UTF-8."),)) from error
    return parse(text, path)


def parse(text: str, path: Path) -> Document:
    """Read the text of one file; `path` is only named in findings. Raises Unreadable."""
    reader = _Reader(path)
    try:
        try:
            node = _composed(text, path, _FAST)
        except yaml.YAMLError:
            node = _composed(text, path, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problem = (error.problem or error.context or "unknown problem").strip()
        finding = Finding(
            path,
            line,
            f"This is not valid YAML: {problem}.",
            "Check indentation and brackets; put text with ? , : or # in quotes.",
        )
        raise Unreadable((finding,)) from error
    except yaml.YAMLError as error:
        finding = Finding(
            path, 0, f"This is not valid YAML: {error}.", "Remove the characters that YAML does not allow."
        )
        raise Unreadable((finding,)) from error
    value = None if node is None else reader.value(node, ())
    if reader.findings:
        raise Unreadable(reader.findings)
    return Document(path, value, reader.lines)


def _composed(text: str, path: Path, loader: _Loader) -> yaml.Node | None:
    _refuse_extras(text, path, loader)
    return yaml.compose(text, Loader=loader)


def _refuse_extras(text: str, path: Path, loader: _Loader) -> None:
    """Refuse anchors, aliases, tags, deep nesting and further documents before anything is built from them."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=loader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Unreadable(
                (Finding(path, line, "Anchors (&) and aliases (*) are not used here.", "Write the value out."),)
            )
        if (tag := getattr(event, "tag", None)) is not None:
            raise Unreadable((Finding(path, line, f"The tag {tag} is not used here.", "Remove the “!” word."),))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise Unreadable((Finding(path, line, f"Nested deeper than {MAX_DEPTH} levels.", "Write it flatter."),))
        if count > MAX_NODES:
            raise Unreadable((Finding(path, line, f"More than {MAX_NODES} values.", "Split the file."),))
        if isinstance(event, yaml.DocumentStartEvent) and event.explicit and count > 1:
            raise Unreadable((Finding(path, line, "A second document starts here.", "Keep one document a file."),))


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Where, int] = {}
        self.findings: list[Finding] = []

    def value(self, node: yaml.Node, where: Where) -> object:
        self.lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*where, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.append(
                    Finding(self.path, line, "A key must be a word.", "Write a plain word before the colon.")
                )
                continue
            key = str(key_node.value)
            if key in mapping:
                first = self.lines[(*where, key)]
                message = f"“{key}” is written twice (first on line {first})."
                self.findings.append(Finding(self.path, line, message, "Keep one of them."))
                continue
            self.lines[(*where, key)] = line
            mapping[key] = self.value(value_node, (*where, key))
        return mapping

    def _scalar(self, node: yaml.ScalarNode) -> object:
        text = str(node.value)
        if node.style:
            return text
        if text in ("", "null", "~"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if INTEGER.match(text):
            return int(text)
        if DECIMAL.match(text):
            return float(text)
        return text
