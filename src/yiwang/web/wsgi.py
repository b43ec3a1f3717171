"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from yiwang.web.durability import require_durable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
application = get_wsgi_application()

# Each server process asks once, before it serves anybody.
require_durable()
connection.close()
