"""The peer of `bench cases`: the same settings with no middleware and one view."""

from yiwang.web.settings import *  # noqa: F403 (a settings module is a set of names)

ROOT_URLCONF = "benchmarks.bare"
MIDDLEWARE = []
