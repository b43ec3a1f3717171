"""An identity provider in a process of its own: django-allauth's, with one person and one client.

    python identity_provider.py PORT DATABASE REDIRECT_URI

The person is `li` with the password `a quiet pond`; the client is `yiwang` with the secret `a secret of both`.
"""

from __future__ import annotations

import socketserver
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

PASSWORD = "a quiet pond"
CLIENT, SECRET = "yiwang", "a secret of both"
RESIDENT_ID = "110000199003070220"


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def configure(database: str) -> None:
    settings.configure(
        DEBUG=False,
        SECRET_KEY="an identity provider for tests",
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF=__name__,
        # Cookies know no ports: those of the city on the same host must keep their names.
        SESSION_COOKIE_NAME="provider_session",
        CSRF_COOKIE_NAME="provider_csrf",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        IDP_OIDC_PRIVATE_KEY=private_key(),
        IDP_OIDC_ADAPTER=f"{__name__}.Adapter",
    )
    django.setup()


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


def main(port: int, database: str, redirect: str) -> None:
    configure(database)
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    User.objects.create_user("li", password=PASSWORD, first_name="王晓兰")
    client = Client(id=CLIENT, name="Yiwang", scopes="openid\nprofile", redirect_uris=redirect, skip_consent=True)
    client.set_secret(SECRET)
    client.save()
    server = Server(("localhost", port), Quiet)
    server.set_app(get_wsgi_application())
    Path(database).with_suffix(".ready").touch()
    server.serve_forever()


def __getattr__(name: str) -> object:
    """Addresses and adapter are made when Django asks, once its applications are there."""
    if name == "urlpatterns":
        from django.urls import include, path

        return [path("accounts/", include("allauth.account.urls")), path("", include("allauth.idp.urls"))]
    if name == "Adapter":
        from allauth.idp.oidc.adapter import DefaultOIDCAdapter

        class Adapter(DefaultOIDCAdapter):
            """Tells the identity number, as a provider of the state does."""

            def get_claims(self, purpose, user, client, scopes, email=None, **more):  # type: ignore[no-untyped-def]
                claims = super().get_claims(purpose, user, client, scopes, email, **more)
                return {**claims, "name": user.first_name, "resident_id": RESIDENT_ID}

        return Adapter
    raise AttributeError(name)


if __name__ == "__main__":
    # Django and allauth name this module; run as a script it has another name.
    sys.path.insert(0, str(Path(__file__).parent))
    import identity_provider

    identity_provider.main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
