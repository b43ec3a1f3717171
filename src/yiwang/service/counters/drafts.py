"""Windows as the draft pages know them: where a clerk's pages lead."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from yiwang.foundation.kernel.text import Words
from yiwang.service.counters import queries


class Windows:
    """Implements `applications.reception.Reception`."""

    def place(self, draft: UUID) -> Words | None:
        return queries.place(draft)

    def visit(self, draft: UUID) -> str:
        visit = queries.visit_of(draft)
        return reverse("counters:desk") if visit is None else reverse("counters:visit", args=[visit])

    def signing(self, draft: UUID) -> str:
        return reverse("counters:sign", args=[draft])

    def received(self, number: str) -> str:
        return reverse("counters:receipt", args=[number])
