"""How another process reaches the database of the test that runs."""

from urllib.parse import quote, urlencode

from django.db import connection


def url_of_the_test_database() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    account = quote(settings["USER"]) + (f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else "")
    host = settings["HOST"] + (f":{settings['PORT']}" if settings["PORT"] else "")
    query = f"?{urlencode(settings['OPTIONS'])}" if settings["OPTIONS"] else ""
    return f"postgresql://{account}{'@' if account else ''}{host}/{settings['NAME']}{query}"
