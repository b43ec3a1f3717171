"""A worker for tests to kill: `python -m tests.foundation.jobs.mortal_worker FOLDER` works until it is killed.

Its one job leaves a file when it begins and a line in FOLDER/effects when its effect has happened.
"""

import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from yiwang.foundation.jobs.declarations import job


@job("tests.mortal", retries=50, lease=timedelta(seconds=2))
def mortal(folder: str, number: int, seconds: float) -> None:
    Path(folder, f"begun-{number}-{os.getpid()}").touch()
    time.sleep(seconds)
    descriptor = os.open(Path(folder, "effects"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{number}\n".encode())
    os.close(descriptor)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    import django

    django.setup()
    from yiwang.foundation.jobs import declarations
    from yiwang.foundation.jobs.worker import run_forever

    declarations._schedules.clear()
    Path(sys.argv[1], f"ready-{os.getpid()}").touch()
    run_forever(threading.Event(), claims=2)
