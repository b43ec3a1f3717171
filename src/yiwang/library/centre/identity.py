"""Whether a name goes with an identity number: asked of the registers that grants open for it, before any case."""

from __future__ import annotations

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.proving import Said
from yiwang.library.centre import facts, gateways
from yiwang.library.centre.facts import Wanted
from yiwang.library.centre.in_force import current
from yiwang.library.gateways.access import Asker

IDENTITY = "identity"
"""The purpose of grants under which name and number are compared."""
NAME, NUMBER = "person.name", "person.resident_id"


class LibraryRegister:
    """The directory's `Register`: the first register that answers decides."""

    def confirms(self, user_id: int) -> Said:
        person = directory.identity(user_id)
        if person is None or not person.resident_id or not gateways.departments():
            return Said.NONE
        library = current()
        posts = tuple(sorted({each.grant.post for each in library.grants if each.grant.purpose == IDENTITY}))
        if not posts:
            return Said.NONE
        asker = Asker(actor=f"resident:{user_id}", name="", department="", post="", purpose=IDENTITY)
        found = facts.facts_of(person.resident_id, Wanted({NAME: posts, NUMBER: posts}, {}), asker, library=library)
        if not found.looked:
            return Said.SILENT if found.missing else Said.NONE
        names = {str(each.value) for each in found.facts if each.element == NAME}
        return Said.AGREES if person.name in names else Said.DISAGREES
