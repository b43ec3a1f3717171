"""A department that runs its gateway itself, seen from the centre: the same Protocol over HTTPS.

Nothing is believed that the gateway has not sealed. A gateway that does not answer, or not in time, is `Offline`.
"""

from __future__ import annotations

import hashlib
import http.client
import secrets
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import pyarrow as pa

from yiwang.foundation.kernel.time import now
from yiwang.library.gateways import wire
from yiwang.library.gateways.access import AccessRecord, Asker, Receipt, TreeHead
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import Fragment
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline, Quality, Reading
from yiwang.library.gateways.grant import SignedGrant
from yiwang.library.gateways.signing import BadSignature, SigningKey, Trust
from yiwang.library.gateways.statistic import Figures, Statistic
from yiwang.library.gateways.stopping import Stop, within

MOST_ANSWER = 4 * 1024**3
"""bytes"""
SHORT = 30.0
"""seconds for whatever is not a reading"""
CONNECTING = 5.0
KEPT = 16
"""connections that wait for the next question"""

T = TypeVar("T")


def client_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """TLS 1.3 with the centre's certificate; the gateway's must be the authority's and bear its host's name."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(authority))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context


class RemoteGateway:
    """Implements `gateway.Gateway`. `key` signs requests, `trust` holds the public keys of this one gateway."""

    def __init__(self, department: str, url: str, context: ssl.SSLContext, *, key: SigningKey, trust: Trust) -> None:
        """Raises ValueError for an address that is not https://HOST[:PORT]."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError(f"{url} is no address of a gateway: write https://HOST:PORT")
        self.department = department
        self._address = parts.hostname, parts.port or 443
        self._context = context
        self._key = key
        self.trust = trust
        self._kept: list[http.client.HTTPSConnection] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            for connection in self._kept:
                connection.close()
            self._kept.clear()

    def read(
        self, fragment: Fragment, grant: SignedGrant, asker: Asker, *, seconds: float = 30.0, stop: Stop | None = None
    ) -> Reading:
        stop = within(seconds, stop)
        asked = wire.reading_asked(fragment, grant, asker, stop.remaining)
        content, headers = self._ask("read", asked, stop, product=fragment.product)
        try:
            stream = pa.ipc.open_stream(content)
            batches = list(stream)
            record = int(headers[wire.RECORD])
            as_of = datetime.fromisoformat(headers[wire.AS_OF]) if headers[wire.AS_OF] else None
        except (pa.ArrowInvalid, KeyError, ValueError) as error:
            raise self._offline("its answer cannot be read", fragment.product) from error
        return Reading(stream.schema, iter(batches), record, as_of)

    def figures(
        self, statistic: Statistic, grant: SignedGrant, asker: Asker, *, seconds: float = 30.0, stop: Stop | None = None
    ) -> Figures:
        stop = within(seconds, stop)
        asked = wire.figures_asked(statistic, grant, asker, stop.remaining)
        content, _ = self._ask("figures", asked, stop, product=statistic.product)
        try:
            return wire.figures_of(content)
        except wire.Malformed as error:
            raise self._offline("its answer cannot be read", statistic.product) from error

    def products(self) -> Sequence[Product]:
        return self._told("products", {}, tuple[Product, ...])

    def quality(self, product: str) -> Quality:
        return self._told("quality", {"product": product}, Quality, seconds=wire.WINDOW * 10)

    def accesses_of(self, subject: str, *, after: int = 0, limit: int = 100) -> Sequence[AccessRecord]:
        asked = {"after": after, "limit": limit, "subject": subject}
        return self._told("accesses_of", asked, tuple[AccessRecord, ...])

    def accesses(self, *, after: int = 0, limit: int = 1000) -> Sequence[AccessRecord]:
        return self._told("accesses", {"after": after, "limit": limit}, tuple[AccessRecord, ...])

    def receipt(self, position: int) -> Receipt:
        return self._told("receipt", {"position": position}, Receipt)

    def head(self) -> TreeHead:
        return self._told("head", {}, TreeHead)

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        return self._told("consistency", {"new": new, "old": old}, tuple[bytes, ...])

    # --- asking

    def _told(self, verb: str, asked: Mapping[str, Any], kind: type[T], *, seconds: float = SHORT) -> T:
        content, _ = self._ask(verb, asked, Stop(seconds))
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.MsgspecError as error:
            raise self._offline("its answer cannot be read") from error

    def _ask(
        self, verb: str, asked: Mapping[str, Any], stop: Stop, *, product: str = ""
    ) -> tuple[memoryview, Mapping[str, str]]:
        """The sealed content of the answer. Raises what the gateway raised, Offline, Cancelled."""
        stop.check()
        connection = self._taken()
        if connection is not None:
            try:
                return self._exchange(connection, verb, asked, stop, product)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # It had been closed while it waited; the question is asked anew, under its own nonce.
                stop.check()
            except (OSError, http.client.HTTPException) as error:
                raise self._gone(error, stop, product) from error
        try:
            host, port = self._address
            fresh = http.client.HTTPSConnection(host, port, context=self._context, timeout=CONNECTING)
            return self._exchange(fresh, verb, asked, stop, product)
        except (OSError, http.client.HTTPException) as error:
            raise self._gone(error, stop, product) from error

    def _exchange(
        self, connection: http.client.HTTPSConnection, verb: str, asked: Mapping[str, Any], stop: Stop, product: str
    ) -> tuple[memoryview, Mapping[str, str]]:
        body = wire.request_body(verb, self.department, now(), secrets.token_hex(16), asked)
        signed = {wire.SIGNATURE: self._key.sign("request", body).hex(), wire.KEY: self._key.id}
        try:
            if connection.sock is None:
                connection.connect()
            with stop.interrupting(lambda: _hang_up(connection)):
                # The gateway keeps the time; a little more is for its answer to arrive.
                connection.sock.settimeout(stop.remaining + CONNECTING)
                connection.request("POST", "/", body, {**signed, "Content-Type": wire.JSON})
                response = connection.getresponse()
                content = response.read(MOST_ANSWER)
        except BaseException:
            connection.close()
            raise
        if response.will_close or not response.isclosed():
            connection.close()
        else:
            self._keep(connection)
        headers = {name: response.headers.get(name, "") for name in (wire.RECORD, wire.AS_OF)}
        return self._checked(wire.digest(body), response.status, content, headers, product), headers

    def _checked(
        self, asked: bytes, status: int, content: bytes, headers: Mapping[str, str], product: str
    ) -> memoryview:
        whole = memoryview(content)
        said, sealed = whole[: -wire.SEAL], bytes(whole[-wire.SEAL :])
        hashed = hashlib.sha256(said).digest()
        try:
            wire.check_seal(self.trust, sealed, asked, status, hashed, headers[wire.RECORD], headers[wire.AS_OF])
        except BadSignature as error:
            raise self._offline("its answer is not sealed by its key", product) from error
        if status == 200:
            return said
        self._refused(status, said, product)
        raise self._offline(f"it answered with {status}", product)

    def _refused(self, status: int, said: memoryview, product: str) -> None:
        """Raise again what was raised there."""
        try:
            what = msgspec.json.decode(said, type=dict[str, str])
        except msgspec.MsgspecError as error:
            raise self._offline(f"it answered with {status}", product) from error
        match what.get("error"):
            case "not_granted":
                raise NotGranted(what.get("code", ""), what.get("detail", ""))
            case "offline":
                raise Offline(self.department, what.get("product", ""), what.get("why", ""))
            case "cancelled":
                raise Cancelled
            case "lookup":
                raise LookupError
            case "refused":
                raise self._offline(f"it refused the request: {what.get('code', '')}", product)

    def _gone(self, error: Exception, stop: Stop, product: str) -> Offline | Cancelled:
        if not stop.remaining:
            return self._offline("it does not answer in time", product)
        if stop.stopped:
            return Cancelled()
        if isinstance(error, ssl.SSLError):
            return self._offline("no trusted connection", product)
        return self._offline("it does not answer", product)

    def _offline(self, why: str, product: str = "") -> Offline:
        return Offline(self.department, product, why)

    def _taken(self) -> http.client.HTTPSConnection | None:
        with self._lock:
            return self._kept.pop() if self._kept else None

    def _keep(self, connection: http.client.HTTPSConnection) -> None:
        with self._lock:
            if len(self._kept) < KEPT:
                self._kept.append(connection)
                return
        connection.close()


def _hang_up(connection: http.client.HTTPSConnection) -> None:
    """From another thread: whoever waits for bytes gets none, and the gateway notices."""
    if connection.sock is not None:
        # The socket beneath TLS, which its own thread may be using.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
