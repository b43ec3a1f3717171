"""Load Django once, for checks that ask it about models and templates."""

import os

import django
from django.apps import apps
from django.apps.registry import Apps


def set_up() -> Apps:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    if not apps.ready:
        django.setup()
    return apps
