"""Between the centre and a department's own service: nobody else is let in, nothing is heard twice or altered."""

import dataclasses
import http.client
import json
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.library.gateways.police import CENTRE, Police, certified, police_of, reached
from tests.library.gateways.registers import PEOPLE, RESIDENTS, WANG, InMemory, asker, grant
from yiwang.foundation.kernel.time import now
from yiwang.library.gateways import signing, wire
from yiwang.library.gateways.fragment import Compare, Fragment, Keys
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline
from yiwang.library.gateways.remote import RemoteGateway, client_context
from yiwang.library.gateways.signing import SigningKey
from yiwang.library.gateways.statistic import Figures, Measure, Statistic
from yiwang.library.gateways.stopping import Stop


@pytest.fixture
def police(tmp_path: Path, clock: Any) -> Iterator[Police]:
    with police_of(tmp_path, remote=True) as department:
        yield department


def context(folder: Path) -> ssl.SSLContext:
    return client_context(folder / "tls.pem", folder / "tls.key", folder / "authority.pem")


def port_of(police: Police) -> int:
    assert isinstance(police.gateway, RemoteGateway)
    return police.gateway._address[1]


def posted(folder: Path, police: Police, body: bytes, *, key: SigningKey = CENTRE) -> tuple[int, bytes]:
    connection = http.client.HTTPSConnection("127.0.0.1", port_of(police), context=context(folder / "centre"))
    signed = {wire.SIGNATURE: key.sign("request", body).hex(), wire.KEY: key.id}
    connection.request("POST", "/", body, signed)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content[: -wire.SEAL]


def head_asked(nonce: str = "", at: Any = None, department: str = "police", verb: str = "head") -> bytes:
    return wire.request_body(verb, department, at or now(), nonce or secrets.token_hex(16), {})


def test_a_request_is_heard_once(police: Police, tmp_path: Path) -> None:
    body = head_asked()
    assert posted(tmp_path, police, body)[0] == 200
    assert posted(tmp_path, police, body) == (401, b'{"error":"refused","code":"replayed"}')


def test_a_request_is_heard_while_it_is_fresh(police: Police, tmp_path: Path, clock: Any) -> None:
    clock.advance(timedelta(minutes=10))
    stale = b'{"error":"refused","code":"stale"}'
    assert posted(tmp_path, police, head_asked(at=now() - timedelta(seconds=61))) == (401, stale)
    assert posted(tmp_path, police, head_asked(at=now() + timedelta(seconds=61))) == (401, stale)
    assert posted(tmp_path, police, head_asked(at=now() - timedelta(seconds=59)))[0] == 200


def test_a_request_from_before_the_gateway_began_could_be_a_replay(police: Police, tmp_path: Path, clock: Any) -> None:
    assert posted(tmp_path, police, head_asked(at=now() - timedelta(seconds=1)))[0] == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (head_asked(department="health"), 404, "department"),
        (head_asked(verb="erase"), 404, "verb"),
        (head_asked(nonce="short"), 400, "malformed"),
        (head_asked(verb="read"), 400, "malformed"),
        (head_asked(verb="receipt"), 400, "malformed"),
        (b"{}", 401, "signature"),
        (b"\xff" * 10, 401, "signature"),
    ],
)
def test_a_request_that_the_centre_never_makes_is_refused(
    police: Police, tmp_path: Path, body: bytes, status: int, code: str
) -> None:
    if b'"at"' in body:
        made = wire.request_of(body)
        body = wire.request_body(made.verb, made.department, now(), made.nonce, made.asked)
    assert posted(tmp_path, police, body) == (status, f'{{"error":"refused","code":"{code}"}}'.encode())


def test_who_has_a_certificate_but_not_the_centres_key_learns_nothing(police: Police, tmp_path: Path) -> None:
    gateway = reached(tmp_path, port_of(police), police.local, key=SigningKey.fresh())
    with pytest.raises(Offline, match="refused the request: signature"):
        gateway.head()


def test_without_a_certificate_of_the_authority_nobody_is_let_in(police: Police, tmp_path: Path) -> None:
    plain = ssl.create_default_context(cafile=str(tmp_path / "centre" / "authority.pem"))
    certified(tmp_path / "stranger", tmp_path / "strange-centre", "centre")
    strange = ssl.create_default_context(cafile=str(tmp_path / "centre" / "authority.pem"))
    strange.load_cert_chain(tmp_path / "strange-centre" / "tls.pem", tmp_path / "strange-centre" / "tls.key")
    # A department's own certificate is one of a server, not of a caller.
    server = ssl.create_default_context(cafile=str(tmp_path / "centre" / "authority.pem"))
    server.load_cert_chain(tmp_path / "police" / "tls.pem", tmp_path / "police" / "tls.key")
    for each in (plain, strange, server):
        gateway = RemoteGateway("police", f"https://127.0.0.1:{port_of(police)}", each, key=CENTRE, trust=police.trust)
        with pytest.raises(Offline):
            gateway.head()


def test_an_impostor_with_a_good_certificate_cannot_seal_answers(police: Police, tmp_path: Path) -> None:
    assert isinstance(police.gateway, RemoteGateway)
    police.gateway.trust = SigningKey.fresh().trust()
    with pytest.raises(Offline, match="not sealed"):
        police.read()


def test_a_gateway_under_another_name_is_not_believed(police: Police, tmp_path: Path) -> None:
    gateway = RemoteGateway(
        "police", f"https://127.0.0.2:{port_of(police)}", context(tmp_path / "centre"), key=CENTRE, trust=police.trust
    )
    with pytest.raises(Offline):
        gateway.head()
    gateway._address = ("localhost", port_of(police))
    assert gateway.head().size == 0


def test_altered_answers_are_found_out() -> None:
    key = SigningKey.fresh()
    sealed = wire.seal(key, b"q" * 32, 200, b"c" * 32, "7", "")
    wire.check_seal(key.trust(), sealed, b"q" * 32, 200, b"c" * 32, "7", "")
    for altered in (
        (b"x" * 32, 200, b"c" * 32, "7", ""),
        (b"q" * 32, 403, b"c" * 32, "7", ""),
        (b"q" * 32, 200, b"x" * 32, "7", ""),
        (b"q" * 32, 200, b"c" * 32, "8", ""),
        (b"q" * 32, 200, b"c" * 32, "7", "2025-03-12"),
    ):
        with pytest.raises(Exception, match="signed something else|signed is something else"):
            wire.check_seal(key.trust(), sealed, *altered)


def test_a_gateway_that_is_not_there_is_offline(tmp_path: Path, clock: Any) -> None:
    with police_of(tmp_path, remote=True) as police:
        assert police.read()
    with pytest.raises(Offline, match="does not answer"):
        police.read()


def test_a_gateway_that_says_nothing_is_offline_in_time(police: Police, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = RemoteGateway(
            "police",
            f"https://127.0.0.1:{silent.getsockname()[1]}",
            context(tmp_path / "centre"),
            key=CENTRE,
            trust=police.trust,
        )
        fragment = Fragment(RESIDENTS.reference, ("name",))
        with pytest.raises(Offline):
            gateway.read(fragment, police.granted(), asker(), seconds=0.2)


def test_a_connection_that_closed_while_it_waited_is_opened_anew(police: Police) -> None:
    assert isinstance(police.gateway, RemoteGateway)
    police.read()
    for kept in police.gateway._kept:
        kept.sock.shutdown(socket.SHUT_RDWR)
    assert police.read(keys=Keys("id", (WANG,))) == [{"name": "王芳"}]


def test_when_the_caller_gives_up_the_source_stops_and_nothing_is_released(
    police: Police, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def endless(*_arguments: Any) -> Iterator[Any]:
        at_source: Stop = _arguments[-1]
        begun.set()
        with at_source.interrupting(stopped.set):
            assert stopped.wait(30)
        at_source.check()
        yield from ()

    monkeypatch.setattr(police.rows, "scan", endless)
    stop = Stop(30)
    caller = threading.Thread(target=lambda: (begun.wait(30), stop.cancel()))
    caller.start()
    with pytest.raises(Cancelled):
        police.read(stop=stop)
    caller.join()
    assert stopped.wait(30), "the gateway noticed that the caller hung up"
    assert not police.local.accesses()


def test_many_rows_come_in_batches_and_whole(tmp_path: Path, clock: Any) -> None:
    from tests.library.gateways.registers import PEOPLE, InMemory

    with police_of(tmp_path, remote=True) as police:
        many = [{**PEOPLE[0], "id": f"{n:018d}", "rooms": n} for n in range(200_000)]
        police.rows.table = InMemory(many).table
        given = police.granted(most_rows=200_000)
        rows = police.read("rooms", given=given)
        assert [row["rooms"] for row in rows] == list(range(200_000))
        [record] = police.local.accesses()
        assert record.everyone


def test_who_reads_a_whole_register_is_told_to_everyone_whom_it_could_hold(tmp_path: Path, clock: Any) -> None:
    from tests.library.gateways.registers import PEOPLE, WANG, InMemory
    from yiwang.foundation.kernel.identifiers import make_uscc

    with police_of(tmp_path, remote=True) as police:
        many = [{**PEOPLE[0], "id": f"{n:018d}", "rooms": n} for n in range(10_001)]
        police.rows.table = InMemory(many).table
        given = police.granted(most_rows=200_000)
        police.read("rooms", given=given)
        police.read("rooms", where=Compare("rooms", ">=", 0), given=given)
        whole, part = police.local.accesses()
        assert (whole.everyone, whole.subjects) == (True, ())
        assert (part.everyone, len(part.subjects)) == (False, 10_001)
        assert [record.position for record in police.gateway.accesses_of(WANG)] == [0]
        assert not police.gateway.accesses_of(make_uscc(1))
        assert police.gateway.receipt(0).record.everyone


# --- figures


def statistic(**changes: Any) -> Statistic:
    kept: dict[str, Any] = {"product": RESIDENTS.reference, "measures": (Measure("count"),), "by": ("name",), **changes}
    return Statistic(**kept)


def crowd(police: Police) -> None:
    """Forty people: thirty called Many, ten by names of their own."""
    rows = [
        PEOPLE[0] | {"id": f"{number:018d}", "name": "Many" if number < 30 else f"Secret{number}", "rooms": number % 7}
        for number in range(40)
    ]
    police.rows.table = InMemory(rows).table


def test_figures_are_the_same_from_afar(police: Police) -> None:
    crowd(police)
    given = police.granted(statistics_only=True)
    for asked in (
        statistic(),
        statistic(by=()),
        statistic(by=("born",), measures=(Measure("count"), Measure("sum", "rooms"), Measure("mean", "rooms"))),
        statistic(by=(), where=Compare("rooms", ">", 2)),
    ):
        near, far = (each.figures(asked, given, asker()) for each in (police.local, police.gateway))
        assert replace(near, record=0) == replace(far, record=0)
    assert len(police.gateway.accesses()) == 8


def test_nothing_but_figures_crosses_the_wire(police: Police, tmp_path: Path) -> None:
    crowd(police)
    asked = wire.figures_asked(statistic(), police.granted(statistics_only=True), asker(), 5.0)
    body = wire.request_body("figures", "police", now(), secrets.token_hex(16), asked)
    head = f"{wire.SIGNATURE}: {CENTRE.sign('request', body).hex()}\r\n{wire.KEY}: {CENTRE.id}\r\n"
    request = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{head}\r\n"
    plain = socket.create_connection(("127.0.0.1", port_of(police)))
    with context(tmp_path / "centre").wrap_socket(plain, server_hostname="127.0.0.1") as line:
        line.sendall(request.encode() + body)
        whole = b"".join(iter(lambda: line.recv(65_536), b""))
    content = whole.partition(b"\r\n\r\n")[2][: -wire.SEAL]
    told = wire.figures_of(content)
    assert (told.rows, told.withheld, told.record) == ((("Many", 30),), 10, 0)
    assert set(json.loads(content)) == {field.name for field in dataclasses.fields(Figures)}
    assert b"Secret" not in whole
    assert len(whole) < 1_000


def test_figures_are_refused_as_rows_are(police: Police, tmp_path: Path) -> None:
    crowd(police)
    given = police.granted(statistics_only=True)
    asked = wire.figures_asked(statistic(), given, asker(), 5.0)
    body = wire.request_body("figures", "police", now(), secrets.token_hex(16), asked)
    assert posted(tmp_path, police, body)[0] == 200
    assert posted(tmp_path, police, body) == (401, b'{"error":"refused","code":"replayed"}')
    forged = wire.request_body("figures", "police", now(), secrets.token_hex(16), asked)
    stranger = SigningKey.fresh()
    assert posted(tmp_path, police, forged, key=stranger) == (401, b'{"error":"refused","code":"signature"}')
    gateway = reached(tmp_path, port_of(police), police.local)
    with pytest.raises(NotGranted, match="signature"):
        gateway.figures(statistic(), signing.issue(grant(statistics_only=True), stranger), asker())
    with pytest.raises(NotGranted, match="statistic: name"):
        gateway.figures(statistic(measures=(Measure("sum", "name"),)), given, asker())
    with pytest.raises(Cancelled):
        gateway.figures(statistic(), given, asker(), seconds=0)
    # Only the first was answered.
    assert police.local.head().size == 1


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"statistic": None},
        {"statistic": {"product": "p", "by": [1], "measures": [], "where": None}},
        {"statistic": {"product": "p", "by": [], "measures": [{"kind": "count"}], "where": None}},
        {"statistic": {"product": "p", "by": [], "measures": [], "where": {"is": "all", "items": [{"is": "x"}]}}},
    ],
)
def test_a_statistic_that_the_centre_never_asks_is_refused(
    police: Police, tmp_path: Path, broken: dict[str, Any]
) -> None:
    asked = wire.figures_asked(statistic(), police.granted(), asker(), 5.0)
    body = wire.request_body("figures", "police", now(), secrets.token_hex(16), (asked | broken) if broken else {})
    assert posted(tmp_path, police, body) == (400, b'{"error":"refused","code":"malformed"}')
