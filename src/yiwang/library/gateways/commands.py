"""`yiwang library gateway` runs a department's gateway as its own service, `keys` makes what a trial of it needs.

Neither touches the city's database.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.standards import vocabulary
from yiwang.library.gateways import contracts, opening, pki
from yiwang.library.gateways.log_file import LogDamaged
from yiwang.library.gateways.revoked import BadList, Revoked
from yiwang.library.gateways.service import Service, run, server, server_context
from yiwang.library.gateways.signing import BadKey, SigningKey, Trust, centre_key, secret_kept_in


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    gateway = verbs.add_parser("gateway", help="run a department's gateway as its own service")
    gateway.add_argument("department", metavar="DEPARTMENT")
    gateway.add_argument(
        "--listen", default="127.0.0.1:8443", metavar="HOST:PORT", help="where it answers (%(default)s)"
    )
    gateway.add_argument("--city", type=Path, metavar="DIR", help="where products/ and elements.yaml lie")
    gateway.add_argument("--bindings", type=Path, metavar="FILE", help="the department's bindings, DEPARTMENT.yaml")
    gateway.add_argument("--state", type=Path, metavar="DIR", help="its keys, certificates and log")
    gateway.add_argument("--show-key", action="store_true", help="print the public key that the centre needs, and end")
    gateway.set_defaults(run=_gateway, database=False)
    keys = verbs.add_parser("keys", help="make the keys and certificates of a trial with gateways elsewhere")
    keys.add_argument("folder", type=Path, metavar="DIR")
    keys.add_argument(
        "--gateway",
        action="append",
        default=[],
        required=True,
        metavar="DEPARTMENT=HOST[:PORT]",
        help="a department and where its gateway will answer; may be repeated",
    )
    keys.set_defaults(run=_keys, database=False)


def _gateway(options: argparse.Namespace) -> int:
    data, city, folder = _folders()
    state: Path = options.state or opening.state_of(data, options.department)
    try:
        key = SigningKey.kept_in(state / "key")
        if options.show_key:
            print(key.public.hex())
            return 0
        revoked = Revoked(state / "revoked")
        centre = Trust.kept_in(state / "trusted", revoked.has_key)
        if not centre.key_ids:
            return _fail(f"{state / 'trusted'} holds no public key of the centre (*.pub): it would believe nobody.")
        shared = options.city or city
        products, _ = contracts.read(shared, vocabulary.read(shared)[0])
        gateway = opening.local(
            options.bindings or folder / f"{options.department}.yaml", products, data=data, trust=centre, state=state
        )
        context = server_context(state / "tls.pem", state / "tls.key", state / "authority.pem")
        host, _, port = options.listen.rpartition(":")
        listening = server(Service(gateway, key, centre, revoked), (host.strip("[]"), int(port)), context)
    except Refused as refused:
        return _fail(str(refused))
    except (BadKey, BadList, LogDamaged, OSError, ValueError) as error:
        return _fail(f"The gateway of {options.department} cannot be opened: {error}")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    served = ", ".join(each.reference for each in gateway.products())
    print(f"{options.department} answers at https://{host}:{listening.server_port}: {served}", flush=True)
    run(listening, until=ended)
    gateway.close()
    return 0


def _keys(options: argparse.Namespace) -> int:
    data, _, _ = _folders()
    folder: Path = options.folder
    try:
        addresses = [_address(each) for each in options.gateway]
        authority = pki.authority_kept_in(folder / "authority")
        centre = centre_key(data)
        pki.certify(authority, folder / "centre" / "tls", "centre")
        secret = secret_kept_in(folder / "authority" / "mask-secret")
        for department, host, port in addresses:
            own = folder / department
            pki.certify(authority, own, department, [host])
            pki.write_secret(own / "mask-secret", secret)
            (own / "trusted").mkdir(exist_ok=True)
            (own / "trusted" / "centre.pub").write_text(f"{centre.public.hex()}\n", encoding="ascii")
            public = SigningKey.kept_in(own / "key").public.hex()
            named = f"[{host}]" if ":" in host else host
            (folder / "centre" / f"{department}{opening.REMOTE}").write_text(
                f'url: "https://{named}:{port}"\nkey: "{public}"\n', encoding="utf-8"
            )
    except (BadKey, OSError, ValueError) as error:
        return _fail(str(error))
    print(f"{folder / 'centre' / 'tls'} belongs to the centre, as {data / 'library' / 'tls'};")
    print(f"{folder / 'centre'}/*{opening.REMOTE} among its gateways' files.")
    for department, _, _ in addresses:
        print(f"{folder / department} belongs to {department}: yiwang library gateway {department} --state DIR")
    return 0


def _address(text: str) -> tuple[str, str, int]:
    """Raises ValueError."""
    department, _, address = text.partition("=")
    host, port = address, "8443"
    if address.startswith("[") and "]" in address:
        host, _, rest = address[1:].partition("]")
        port = rest.lstrip(":") or port
    elif address.count(":") == 1:
        host, _, port = address.partition(":")
    if not department or not host or not port.isdecimal() or "/" in text:
        raise ValueError(f"{text}: write DEPARTMENT=HOST or DEPARTMENT=HOST:PORT")
    return department, host, int(port)


def _folders() -> tuple[Path, Path, Path]:
    """The data folder, the city's files, the folder of bindings."""
    from django.conf import settings

    return Path(settings.YIWANG_DATA_DIR), Path(settings.YIWANG_CITY_DIR), Path(settings.YIWANG_GATEWAYS_DIR)


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1
