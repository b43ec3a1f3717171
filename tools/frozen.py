"""The platform's web application with its clock standing still at YIWANG_FROZEN_AT (ISO 8601), for pictures."""

import os
from datetime import datetime

from yiwang.foundation.kernel.time import FrozenClock, set_clock
from yiwang.web.wsgi import application

__all__ = ["application"]

set_clock(FrozenClock(datetime.fromisoformat(os.environ["YIWANG_FROZEN_AT"])))
