"""Where a gateway's files lie, and opening one from them: in this process, or at its own address.

GATEWAYS_DIR/DEPARTMENT.yaml              its bindings (`bindings`): the gateway runs in this process
GATEWAYS_DIR/DEPARTMENT.remote.yaml       or it runs elsewhere: {url: "https://10.0.0.7:8443", key: "PUBLIC KEY"}
DATA/gateways/DEPARTMENT/                 its state: key, log/, rates; as a service also tls.pem, tls.key,
                                          authority.pem, trusted/*.pub, revoked, mask-secret
DATA/gateways/mask-secret                 of all gateways that run in this process
DATA/library/                             the centre's: centre-key, tls/ (tls.pem, tls.key, authority.pem)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding, Refused, errors
from yiwang.foundation.standards.reading import read_file
from yiwang.library.gateways import bindings
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.remote import RemoteGateway, client_context
from yiwang.library.gateways.signing import BadKey, SigningKey, Trust, secret_kept_in
from yiwang.library.gateways.sources import Sources

REMOTE = ".remote.yaml"


def state_of(data: Path, department: str) -> Path:
    return data / "gateways" / department


def here(folder: Path) -> dict[str, Path]:
    """The binding files of departments whose gateways run in this process."""
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if not path.name.endswith(REMOTE)}


def elsewhere(folder: Path) -> dict[str, Path]:
    """The files of departments that run their gateways themselves."""
    return {path.name.removesuffix(REMOTE): path for path in sorted(folder.glob(f"*{REMOTE}"))}


def local(
    path: Path,
    products: Sequence[Product],
    *,
    data: Path,
    trust: Trust,
    state: Path | None = None,
) -> LocalGateway:
    """The gateway of a binding file, for the department's own contracts among `products`.

    Raises Refused, LogDamaged, BadKey, OSError.
    """
    department = path.stem
    bound, findings = bindings.read(path, data=data)
    served = [each for each in products if each.department == department]
    findings += bindings.check(bound, served)
    if wrong := errors(findings):
        raise Refused(wrong)
    folder = state_of(data, department) if state is None else state
    own = folder / "mask-secret"
    secret = secret_kept_in(own if own.exists() else data / "gateways" / "mask-secret")
    return LocalGateway(
        department,
        [each for each in served if bound.of(each) is not None],
        Sources(bound),
        folder=folder,
        trust=trust,
        mask_secret=secret,
    )


def remote(path: Path, *, data: Path, key: SigningKey) -> RemoteGateway:
    """The gateway at the address in its file. Raises Refused, OSError."""
    department = path.name.removesuffix(REMOTE)
    findings: list[Finding] = []
    root = read_file(path, findings)
    url, public = "", ""
    if root is not None:
        url = root.text("url", example="https://10.0.0.7:8443") or ""
        public = root.text("key", example="64 hexadecimal digits, from `yiwang library gateway --show-key`") or ""
        root.finish()
    if not findings:
        tls = data / "library" / "tls"
        try:
            context = client_context(tls / "tls.pem", tls / "tls.key", tls / "authority.pem")
            trust = Trust([bytes.fromhex(each) for each in public.split()])
            return RemoteGateway(department, url, context, key=key, trust=trust)
        except FileNotFoundError:
            message, remedy = f"{tls} lacks the centre's certificate.", "Put tls.pem, tls.key and authority.pem there."
            findings.append(Finding(path, 0, message, remedy))
        except (ValueError, BadKey) as error:
            findings.append(Finding(path, 0, f"{error}.", "Write url: https://HOST:PORT and the key in hexadecimal."))
    raise Refused(findings)
