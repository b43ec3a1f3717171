"""The WSGI application that granian serves."""

import logging
import os

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

from yiwang.web.durability import require_durable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
application = get_wsgi_application()
try:
    require_durable()
except DatabaseError:
    # Pages say so until it is back; a server that ends would say nothing.
    logging.getLogger("yiwang.web").exception("The database does not answer")
finally:
    connection.close()
