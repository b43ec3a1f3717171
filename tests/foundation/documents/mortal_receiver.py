"""`python -m tests.foundation.documents.mortal_receiver FILE USER STAGE` hangs at STAGE of receiving, to be killed."""

import os
import sys
import time
from pathlib import Path


def wait_for_death(*_: object) -> None:
    print("waiting", flush=True)
    time.sleep(60)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    import django

    django.setup()
    from django.core.files.base import ContentFile

    from yiwang.foundation.directory.models import User
    from yiwang.foundation.documents import actions, store

    content, stage = Path(sys.argv[1]).read_bytes(), sys.argv[3]
    if stage == "while it arrives":
        store._write = wait_for_death
    elif stage == "before it is inspected":
        actions.examine = wait_for_death
    elif stage == "after it is stored":
        actions._accept = wait_for_death
    actions.receive(ContentFile(content), "a.pdf", User.objects.get(pk=int(sys.argv[2])), "test")


if __name__ == "__main__":
    main()
