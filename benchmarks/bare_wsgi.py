"""The bare peer as the web server serves it."""

import os

from django.core.wsgi import get_wsgi_application

from benchmarks import bare

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare_settings"
application = get_wsgi_application()
bare.learn(os.environ[bare.ROWS])
