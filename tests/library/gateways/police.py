"""A department with its rows and its gateway, in this process or as its own service; and the hand that signs grants."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.library.gateways.registers import RESIDENTS, InMemory, asker, grant
from yiwang.foundation.kernel import time
from yiwang.library.gateways import pki, signing
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import Fragment
from yiwang.library.gateways.gateway import Gateway, NotGranted
from yiwang.library.gateways.grant import SignedGrant
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.remote import RemoteGateway, client_context
from yiwang.library.gateways.revoked import Revoked
from yiwang.library.gateways.service import Service, server, server_context
from yiwang.library.gateways.signing import SigningKey, Trust
from yiwang.library.gateways.stopping import Stop

CENTRE = SigningKey.fresh()
FORMER = SigningKey.fresh()
"""The centre's key until it took a new one; both are trusted."""


class Police:
    def __init__(self, local: LocalGateway, rows: InMemory, gateway: Gateway) -> None:
        self.local = local
        self.rows = rows
        self.gateway = gateway
        self.trust: Trust = local.key.trust()

    def granted(self, **changes: Any) -> SignedGrant:
        return signing.issue(grant(**changes), CENTRE)

    def read(
        self,
        *fields: str,
        given: SignedGrant | None = None,
        who: Asker | None = None,
        stop: Stop | None = None,
        **changes: Any,
    ) -> list[dict[str, Any]]:
        fragment = Fragment(RESIDENTS.reference, fields or ("name",), **changes)
        reading = self.gateway.read(fragment, given or self.granted(), who or asker(), stop=stop)
        rows: list[dict[str, Any]] = pa.Table.from_batches(reading.batches, schema=reading.schema).to_pylist()
        return rows

    def refused(self, *fields: str, **changes: Any) -> str:
        with pytest.raises(NotGranted) as refusal:
            self.read(*fields, **changes)
        return refusal.value.code


@contextmanager
def police_of(folder: Path, product: Product = RESIDENTS, *, remote: bool = False) -> Iterator[Police]:
    rows = InMemory()
    revoked = Revoked(folder / "police" / "revoked")
    trust = Trust([CENTRE.public, FORMER.public], revoked.has_key)
    local = LocalGateway("police", [product], rows, folder=folder / "police", trust=trust, mask_secret=b"m" * 32)
    try:
        if not remote:
            yield Police(local, rows, local)
            return
        with served(folder, local, trust, revoked) as port:
            gateway = reached(folder, port, local)
            yield Police(local, rows, gateway)
            gateway.close()
    finally:
        local.close()


@contextmanager
def served(folder: Path, local: LocalGateway, trust: Trust, revoked: Revoked) -> Iterator[int]:
    """The port on which the gateway answers, with certificates of an authority in `folder`."""
    certified(folder / "authority", folder / "police", "police", ["127.0.0.1", "localhost"])
    certified(folder / "authority", folder / "centre", "centre")
    context = server_context(
        folder / "police" / "tls.pem", folder / "police" / "tls.key", folder / "police" / "authority.pem"
    )
    listening = server(Service(local, local.key, trust, revoked), ("127.0.0.1", 0), context)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listening.server_address[1]
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def certified(authority: Path, folder: Path, name: str, hosts: Sequence[str] = ()) -> None:
    """TLS reads the machine's clock, wherever the city's stands."""
    with time.frozen(time.SystemClock().now()):
        pki.certify(pki.authority_kept_in(authority), folder, name, hosts)


def reached(folder: Path, port: int, local: LocalGateway, *, key: SigningKey = CENTRE) -> RemoteGateway:
    context = client_context(
        folder / "centre" / "tls.pem", folder / "centre" / "tls.key", folder / "centre" / "authority.pem"
    )
    return RemoteGateway("police", f"https://127.0.0.1:{port}", context, key=key, trust=local.key.trust())
