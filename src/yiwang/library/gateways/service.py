"""A department's gateway as its own service: HTTPS with client certificates, signed requests, sealed answers.

Python's own `ssl` and `http.server` with a thread for each connection: what costs time is the source and the disk, the
callers are few (the centre's processes), and here a caller that hangs up is noticed while a source is still working,
which no WSGI server tells (ADR 0076).
"""

from __future__ import annotations

import hashlib
import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pyarrow as pa

from yiwang.foundation.kernel.time import now
from yiwang.library.gateways import wire
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.gateway import Cancelled, Gateway, NotGranted, Offline, Reading
from yiwang.library.gateways.grant import SignedGrant
from yiwang.library.gateways.revoked import Revoked
from yiwang.library.gateways.signing import BadSignature, SigningKey, Trust
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.wire import Malformed, Request

log = logging.getLogger(__name__)

LONGEST = 600.0
"""seconds that one reading may take, whatever is asked"""
MOST_CALLERS = 64
"""connections at a time"""
PATIENCE = 30.0
"""seconds for a handshake, or for the next bytes of a request"""
IDLE = 120.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A request that is not answered: `status` of HTTP, a stable `code`."""

    status: int
    code: str


class Nonces:
    """Requests are heard once. Those from before this process began are not heard: it cannot know them."""

    def __init__(self) -> None:
        self._began = now().timestamp()
        self._heard: dict[str, float] = {}
        self._lock = threading.Lock()

    def hear(self, request: Request) -> None:
        """Raises Refusal for what is stale, or was heard before."""
        at, present = request.at.timestamp(), now().timestamp()
        if abs(present - at) > wire.WINDOW or at < self._began:
            raise Refusal(401, "stale")
        if not 16 <= len(request.nonce) <= 64:
            raise Refusal(400, "malformed")
        with self._lock:
            if len(self._heard) > 4_096:
                self._heard = {nonce: until for nonce, until in self._heard.items() if until >= present}
            if request.nonce in self._heard:
                raise Refusal(401, "replayed")
            self._heard[request.nonce] = at + wire.WINDOW


class Service:
    """Answers the centre's requests for one gateway. `key` seals answers, `centre` is whose requests are heard, unless
    their certificate is `revoked`."""

    def __init__(self, gateway: Gateway, key: SigningKey, centre: Trust, revoked: Revoked) -> None:
        self.gateway = gateway
        self.key = key
        self._centre = centre
        self._revoked = revoked
        self._nonces = Nonces()
        self._verbs: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
            "products": lambda _: self.gateway.products(),
            "quality": lambda asked: self.gateway.quality(str(asked["product"])),
            "accesses_of": lambda asked: self.gateway.accesses_of(
                str(asked["subject"]), after=int(asked["after"]), limit=int(asked["limit"])
            ),
            "accesses": lambda asked: self.gateway.accesses(after=int(asked["after"]), limit=int(asked["limit"])),
            "receipt": lambda asked: self.gateway.receipt(int(asked["position"])),
            "head": lambda _: self.gateway.head(),
            "consistency": lambda asked: self.gateway.consistency(int(asked["old"]), int(asked["new"])),
        }

    def heard(self, body: bytes, signature: str, signer: str, certificate: bytes) -> Request:
        """The request, once its caller's certificate (DER), signature, moment and nonce are right. Raises Refusal."""
        if self._revoked.has_certificate(certificate):
            raise Refusal(401, "revoked")
        try:
            self._centre.verify("request", body, bytes.fromhex(signature), signer)
            request = wire.request_of(body)
        except (BadSignature, ValueError) as error:
            raise Refusal(401, "signature") from error
        if request.department != self.gateway.department:
            raise Refusal(404, "department")
        self._nonces.hear(request)
        return request

    def read(self, request: Request, watched: Callable[[Stop], Any]) -> Reading:
        """Raises NotGranted, Offline, Cancelled, Refusal."""
        fragment, grant, asker, stop = _understood(request, wire.reading_of)
        with watched(stop):
            return self.gateway.read(fragment, grant, asker, stop=stop)

    def figures(self, request: Request, watched: Callable[[Stop], Any]) -> bytes:
        """Figures, as JSON. Raises NotGranted, Offline, Cancelled, Refusal."""
        statistic, grant, asker, stop = _understood(request, wire.statistic_of)
        with watched(stop):
            return wire.figures_body(self.gateway.figures(statistic, grant, asker, stop=stop))

    def tell(self, request: Request) -> bytes:
        """Whatever is asked beside rows, as JSON. Raises NotGranted, Offline, LookupError, Refusal."""
        verb = self._verbs.get(request.verb)
        if verb is None:
            raise Refusal(404, "verb")
        try:
            return msgspec.json.encode(verb(request.asked))
        except (KeyError, TypeError, ValueError) as error:
            raise Refusal(400, "malformed") from error


def _understood(
    request: Request, read: Callable[[Mapping[str, Any]], tuple[T, SignedGrant, Asker, float]]
) -> tuple[T, SignedGrant, Asker, Stop]:
    """What is asked, under which grant, by whom, and when to give up. Raises Refusal."""
    try:
        what, grant, asker, seconds = read(request.asked)
    except Malformed:
        raise Refusal(400, "malformed") from None
    return what, grant, asker, Stop(max(0.0, min(seconds, LONGEST)))


def server(service: Service, address: tuple[str, int], context: ssl.SSLContext) -> ThreadingHTTPServer:
    """Bound to the address; `serve_forever` runs it, `shutdown` and `server_close` end it. Port 0 takes a free one."""

    class Handler(_Handler):
        pass

    Handler.service = service
    Handler.watch = Watch()
    Handler.places = threading.BoundedSemaphore(MOST_CALLERS)
    listening = _Server(address, Handler)
    # The handshake is the connection's own thread's business, or one silent caller would keep all others waiting.
    listening.socket = context.wrap_socket(listening.socket, server_side=True, do_handshake_on_connect=False)
    return listening


def server_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """TLS 1.3, and only for callers whose certificate the authority has signed. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


class Watch:
    """Notices callers that hang up while they are being answered. One thread, begun with the first caller."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._waker, self._wakee = socket.socketpair()
        self._selector.register(self._wakee, selectors.EVENT_READ)
        self._thread: threading.Thread | None = None

    @contextmanager
    def hanging_up(self, connection: socket.socket, stop: Stop) -> Iterator[None]:
        """Within it, `stop` is cancelled when the caller's end closes: nothing else makes the connection readable,
        because a caller says nothing before it has its answer."""
        with self._lock:
            self._selector.register(connection, selectors.EVENT_READ, stop)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="yiwang-callers", daemon=True)
                self._thread.start()
        self._waker.send(b"\x00")
        try:
            yield
        finally:
            with self._lock:
                if connection.fileno() in self._selector.get_map():
                    self._selector.unregister(connection)

    def _run(self) -> None:
        while True:
            for ready, _ in self._selector.select(timeout=1.0):
                if ready.fileobj is self._wakee:
                    self._wakee.recv(4096)
                    continue
                with self._lock:
                    if ready.fd in self._selector.get_map():
                        self._selector.unregister(ready.fileobj)
                ready.data.cancel()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.info("The connection with %s broke", client_address[0])


class _Handler(BaseHTTPRequestHandler):
    service: Service
    watch: Watch
    places: threading.BoundedSemaphore
    connection: ssl.SSLSocket
    certificate: bytes
    """the caller's"""

    protocol_version = "HTTP/1.1"
    server_version = "Yiwang"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def handle(self) -> None:
        if not self.places.acquire(blocking=False):
            self.close_connection = True
            return
        try:
            self.connection.settimeout(PATIENCE)
            self.connection.do_handshake()
            self.certificate = self.connection.getpeercert(binary_form=True) or b""
            super().handle()
        except (ssl.SSLError, OSError) as error:
            log.info("A caller from %s was not let in: %s", self.client_address[0], error)
        finally:
            self.places.release()

    def do_POST(self) -> None:
        """Every request is a POST to `/`."""
        body = self._body()
        if body is None:
            return
        asked = wire.digest(body)
        try:
            signature, signer = self.headers.get(wire.SIGNATURE, ""), self.headers.get(wire.KEY, "")
            request = self.service.heard(body, signature, signer, self.certificate)
            if request.verb == "read":
                self._give(asked, self.service.read(request, self._watched))
            elif request.verb == "figures":
                self._say(asked, 200, self.service.figures(request, self._watched))
            else:
                self._say(asked, 200, self.service.tell(request))
        except Refusal as refused:
            self._fail(asked, refused.status, {"error": "refused", "code": refused.code})
        except NotGranted as refused:
            self._fail(asked, 403, {"error": "not_granted", "code": refused.code, "detail": refused.detail})
        except Offline as offline:
            why = {"error": "offline", "product": offline.product, "why": offline.why}
            self._fail(asked, 503, why)
        except Cancelled:
            self._fail(asked, 408, {"error": "cancelled"})
        except LookupError:
            self._fail(asked, 404, {"error": "lookup"})
        except OSError:
            raise
        except Exception:
            log.exception("A request could not be answered")
            self._fail(asked, 500, {"error": "fault"})
        self.connection.settimeout(IDLE)

    def _watched(self, stop: Stop) -> AbstractContextManager[None]:
        return self.watch.hanging_up(self.connection, stop)

    def _body(self) -> bytes | None:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= wire.MOST_REQUEST:
            self.close_connection = True
            self.send_error(413)
            return None
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _give(self, asked: bytes, reading: Reading) -> None:
        """Rows, as they are serialised; the seal comes last."""
        as_of = reading.as_of.isoformat() if reading.as_of is not None else ""
        record = str(reading.record)
        self._begin(200, wire.ARROW)
        self.send_header(wire.RECORD, record)
        self.send_header(wire.AS_OF, as_of)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = _Chunks(self.wfile.write)
        with pa.ipc.new_stream(pa.PythonFile(body, mode="w"), reading.schema) as stream:
            for batch in reading.batches:
                stream.write_batch(batch)
        body.write(wire.seal(self.service.key, asked, 200, body.digest(), record, as_of))
        body.end()
        self.wfile.flush()

    def _fail(self, asked: bytes, status: int, what: Mapping[str, str]) -> None:
        self._say(asked, status, msgspec.json.encode(what))

    def _say(self, asked: bytes, status: int, content: bytes) -> None:
        content += wire.seal(self.service.key, asked, status, wire.digest(content), "", "")
        self._begin(status, wire.JSON)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")

    def log_message(self, format: str, *arguments: Any) -> None:
        log.debug("%s %s", self.client_address[0], format % arguments)


class _Chunks:
    """A file to write to, that leaves as HTTP chunks and is hashed on the way."""

    closed = False

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        if view.nbytes:
            self._hash.update(view)
            self._write(b"%x\r\n" % view.nbytes)
            self._write(view)  # type: ignore[arg-type]
            self._write(b"\r\n")
        return view.nbytes

    def digest(self) -> bytes:
        return self._hash.digest()

    def end(self) -> None:
        self._write(b"0\r\n\r\n")

    def flush(self) -> None:
        """Nothing waits here."""


def run(listening: ThreadingHTTPServer, *, until: threading.Event | None = None) -> None:
    """Serve until the event is set, or the process ends."""
    thread = threading.Thread(target=listening.serve_forever, name="yiwang-gateway", daemon=True)
    thread.start()
    try:
        if until is not None:
            until.wait()
        else:
            while thread.is_alive():
                time.sleep(1)
    finally:
        listening.shutdown()
        listening.server_close()
