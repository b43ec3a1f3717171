from yiwang.foundation.jobs.actions import KEEP_DONE, KEEP_FAILED, delete_finished
from yiwang.foundation.jobs.declarations import schedule
from yiwang.foundation.kernel.time import now


@schedule("jobs.delete_finished", at="03:40")
def delete_finished_jobs() -> None:
    delete_finished(done_before=now() - KEEP_DONE, failed_before=now() - KEEP_FAILED)
