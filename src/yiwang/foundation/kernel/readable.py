"""Types that bodies are read into, made ready while their module is imported.

msgspec works out a dataclass or a Struct when it first reads one, and a second thread that reads at that moment meets
it half worked out: the process dies. An import is one thread's.
"""

import msgspec


def readable(*kinds: type) -> None:
    """Work out these types and all that they hold. Called by the module that defines them, after the last of them."""
    for kind in kinds:
        msgspec.json.Decoder(kind)
