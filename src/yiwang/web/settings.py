"""Django settings. Everything a city changes comes from the environment; `docs/guides/operators.md` lists it."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yiwang.web import databases, secrets_store

ROOT = Path(__file__).resolve().parents[3]

DEBUG = os.environ.get("YIWANG_DEBUG", "") == "1"
YIWANG_DATA_DIR = Path(os.environ.get("YIWANG_DATA_DIR") or ROOT / "var").resolve()
YIWANG_CITY_DIR = Path(os.environ.get("YIWANG_CITY_DIR") or ROOT / "city").resolve()
YIWANG_GATEWAYS_DIR = Path(os.environ.get("YIWANG_GATEWAYS_DIR") or YIWANG_CITY_DIR / "gateways").resolve()
YIWANG_DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("YIWANG_SECRET_KEY") or secrets_store.secret_key(YIWANG_DATA_DIR)
ALLOWED_HOSTS = os.environ.get("YIWANG_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("YIWANG_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "ninja",
    "yiwang.foundation.jobs",
    "yiwang.foundation.standards",
    "yiwang.foundation.places",
    "yiwang.foundation.search",
    "yiwang.foundation.ui",
    "yiwang.foundation.ledger",
    "yiwang.foundation.directory",
    "yiwang.foundation.documents",
    "yiwang.foundation.notifications",
    "yiwang.casework.cases",
    "yiwang.library.centre",
    "yiwang.library.subjects",
    "yiwang.service.catalogue",
    "yiwang.service.applications",
    "yiwang.service.exchange",
    "yiwang.service.counters",
    "yiwang.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yiwang.web.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yiwang.foundation.directory.middleware.Sessions",
    "yiwang.foundation.directory.middleware.BearerTokens",
    # In this order, so that nobody without a right makes us read a body, and the CSRF check reads a canonical one.
    "yiwang.web.access.DeclaredAccess",
    "yiwang.web.borders.CanonicalText",
    "django.middleware.csrf.CsrfViewMiddleware",
]
YIWANG_ROUTES_MUST_BE_DECLARED = DEBUG or "PYTEST_VERSION" in os.environ

ROOT_URLCONF = "yiwang.web.urls"
WSGI_APPLICATION = "yiwang.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]

DATABASES = {"default": databases.from_url(os.environ.get("YIWANG_DATABASE_URL", ""), YIWANG_DATA_DIR)}

AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = ["yiwang.foundation.directory.sign_in.SessionAccounts"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# "officers": whoever works for the city needs a second factor before anything opens.
# A language model that proposes other words for an officer's draft: off until a city names its endpoint.
YIWANG_ASSIST_URL = os.environ.get("YIWANG_ASSIST_URL", "")
YIWANG_ASSIST_KEY = os.environ.get("YIWANG_ASSIST_KEY", "")
YIWANG_ASSIST_MODEL = os.environ.get("YIWANG_ASSIST_MODEL", "default")

YIWANG_SECOND_FACTOR = os.environ.get("YIWANG_SECOND_FACTOR", "")
LOGIN_URL = "directory:sign-in"
CSRF_FAILURE_VIEW = "yiwang.web.views.csrf_failure"
YIWANG_PROXIES = [address for address in os.environ.get("YIWANG_PROXIES", "").split(",") if address]
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("YIWANG_HTTPS", "") == "1"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SESSION_COOKIE_SECURE else 0

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("YIWANG_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = ["yiwang.foundation.documents.uploads.BoundedUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "discreet": {
            "()": "yiwang.web.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # What a person mistyped is told to that person.
        "django.request": {"level": "ERROR"},
        "yiwang": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
