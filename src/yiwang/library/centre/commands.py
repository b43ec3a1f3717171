"""`yiwang library grants`, `yiwang library revoke`: what is shared with whom, on the command line."""

import argparse
import json
import sys
from typing import Any


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The verbs of the centre, under the city's one `yiwang library`."""
    grants = verbs.add_parser("grants", help="list who may read which product, why and until when")
    grants.add_argument("--json", action="store_true", help="for programs")
    grants.add_argument("--all", action="store_true", help="also those that are over")
    grants.set_defaults(run=_grants)
    revoke = verbs.add_parser("revoke", help="take a grant back at once")
    revoke.add_argument("grant", help="its code, as `yiwang library grants` lists it")
    revoke.add_argument("--by", required=True, metavar="USER", help="the user name of the owner's data steward or head")
    revoke.add_argument("--because", required=True, metavar="WORDS", help="the reason, which the consumer reads")
    revoke.set_defaults(run=_revoke)


def _grants(options: Any) -> int:
    from yiwang.library.centre import given

    lines = [line for line in given.every() if options.all or line.state == "in_force"]
    if options.json:
        listed = [
            {
                "grant": line.code,
                "product": line.product,
                "owner": line.owner,
                "consumer": line.consumer.to_json(),
                "purpose": line.purpose.to_json(),
                "expires": line.expires.isoformat(),
                "state": line.state,
            }
            for line in lines
        ]
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return 0
    for line in lines:
        state = "" if line.state == "in_force" else f" ({line.state})"
        print(f"{line.code}: {line.consumer.en} reads {line.product} for {line.purpose.en}", end="")
        print(f" until {line.expires:%Y-%m-%d}{state}")
    print(f"{len(lines)} grants")
    return 0


def _revoke(options: Any) -> int:
    from yiwang.foundation.directory.actor import actor_of
    from yiwang.foundation.directory.models import User
    from yiwang.library.centre import actions, queries
    from yiwang.library.centre.refusals import NotPermitted, NotPossible

    user = User.objects.filter(username=options.by.lower()).first()
    try:
        actions.revoke(options.grant, options.because.strip(), by=actor_of(user))
    except queries.NoSuchGrant:
        sys.stderr.write(f"There is no grant {options.grant}. `yiwang library grants` lists them.\n")
        return 1
    except NotPermitted:
        sys.stderr.write(f"{options.by} is neither data steward nor head of the department that gave it.\n")
        return 1
    except NotPossible as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    print(f"{options.grant} is revoked.")
    return 0
