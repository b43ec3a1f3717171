"""What a check of published data has to say: where, what is wrong, what to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing a writer should change. `line` counts from 1; 0 means the file as a whole."""

    file: Path
    line: int
    message: str
    remedy: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} {self.remedy}"


class Refused(Exception):
    """Published data that must not be loaded, with the findings that say why."""

    def __init__(self, findings: "tuple[Finding, ...] | list[Finding]") -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def errors(findings: "list[Finding]") -> list[Finding]:
    """The findings that forbid loading, warnings left out."""
    return [finding for finding in findings if finding.severity == "error"]
