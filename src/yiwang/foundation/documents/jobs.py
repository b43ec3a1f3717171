from datetime import timedelta

from yiwang.foundation.documents.actions import delete_unneeded
from yiwang.foundation.jobs import schedule
from yiwang.foundation.kernel.time import now

KEEP_UNATTACHED = timedelta(days=7)
KEEP_UNFINISHED = timedelta(days=1)


@schedule("documents.delete_unneeded", at="03:20")
def delete_unneeded_documents() -> None:
    delete_unneeded(unattached_before=now() - KEEP_UNATTACHED, unfinished_before=now() - KEEP_UNFINISHED)
