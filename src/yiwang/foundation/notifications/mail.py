"""Which post office takes the city's e-mail, told by YIWANG_EMAIL_URL; no Django models.

    smtp://user:password@host:587?starttls=1      smtps://user:password@host:465
    file:///var/spool/yiwang                      one file for each connection; the default: mail/ in the data directory
    console:                                      printed by the worker
    memory:                                       for tests (django.core.mail.outbox)

YIWANG_EMAIL_FROM is the sender ("一网 <noreply@city.example>"), YIWANG_PUBLIC_URL the address that links in mails
begin with.
"""

import os
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

_TIMEOUT = 20
_FORMS = (
    "smtp://user:password@host:port?starttls=1, smtps://user:password@host:port, file:///folder, console: or memory:"
)


@dataclass(frozen=True)
class PostOffice:
    """A Django e-mail backend with its options; the sender and the address of this site."""

    backend: str
    sender: str
    site: str
    options: dict[str, object] = field(default_factory=dict, repr=False)

    def open(self) -> BaseEmailBackend:
        return get_connection(self.backend, fail_silently=False, **self.options)


def post_office() -> PostOffice:
    """The configured post office. Raises ImproperlyConfigured when an environment variable makes no sense."""
    sender = os.environ.get("YIWANG_EMAIL_FROM") or "一网 <noreply@localhost>"
    if "@" not in parseaddr(sender)[1] or "\n" in sender:
        raise ImproperlyConfigured(
            f"YIWANG_EMAIL_FROM must be an address such as 'City <noreply@city.example>', not {sender!r}."
        )
    site = (os.environ.get("YIWANG_PUBLIC_URL") or "http://localhost:8000").rstrip("/")
    if urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).netloc:
        raise ImproperlyConfigured(f"YIWANG_PUBLIC_URL must be an address such as https://city.example, not {site!r}.")
    backend, options = _backend(os.environ.get("YIWANG_EMAIL_URL") or (settings.YIWANG_DATA_DIR / "mail").as_uri())
    return PostOffice(f"django.core.mail.backends.{backend}.EmailBackend", sender, site, options)


def _backend(url: str) -> tuple[str, dict[str, object]]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as wrong:
        raise ImproperlyConfigured(f"YIWANG_EMAIL_URL cannot be read ({wrong}). Forms: {_FORMS}.") from wrong
    if parts.scheme == "console":
        return "console", {}
    if parts.scheme == "memory":
        return "locmem", {}
    if parts.scheme == "file" and parts.path not in ("", "/"):
        return "filebased", {"file_path": unquote(parts.path)}
    if parts.scheme in ("smtp", "smtps") and host:
        query = dict(parse_qsl(parts.query))
        return "smtp", {
            "host": host,
            "port": port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and query.get("starttls") == "1",
            "timeout": _TIMEOUT,
        }
    # The address may hold a password: say only how it begins.
    raise ImproperlyConfigured(
        f"YIWANG_EMAIL_URL begins with {parts.scheme!r} and is incomplete or unknown. Forms: {_FORMS}."
    )
