"""A server that has just started reads its first bodies in many threads at once, and lives."""

from __future__ import annotations

import subprocess
import sys

FIRST_READERS = """
import sys, threading
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=[])
django.setup()
import msgspec
from yiwang.foundation.standards.elements import Element
from yiwang.library.gateways.access import AccessRecord, Asker, Consent, Receipt, TreeHead
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.gateway import Quality
from yiwang.library.gateways.grant import Grant, SignedGrant
from yiwang.service.catalogue.package import Bundle, GuidanceOnly, Matter
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)
BODY = {"code": "x", "id": "x", "department": "x", "fields": [{"name": "x"}], "another": 1, "name": {"zh": "x"}}
def read():
    together.wait()
    for kind in (Bundle, Matter, GuidanceOnly, Element, Product, Grant, SignedGrant, Asker, Consent, AccessRecord,
                 Receipt, TreeHead, Quality):
        try:
            msgspec.convert(BODY, kind, strict=False)
        except msgspec.ValidationError:
            pass
readers = [threading.Thread(target=read) for _ in range(8)]
for each in readers:
    each.start()
for each in readers:
    each.join()
"""


def test_many_threads_may_read_first() -> None:
    for _ in range(4):
        ran = subprocess.run([sys.executable, "-c", FIRST_READERS], capture_output=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
