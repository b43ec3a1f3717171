"""The old system's own tables, named as such systems name them: pinyin initials, a code for each state.

t_psxk_js  接收: which sheets it has copied        t_psxk_bj  办件: a file, its state here (`zt`) and there (`pt`)
t_psxk_hj  环节: the tasks that a file has         t_psxk_lc  流程: its log of what was done, sent or not (`fs`)
"""

from __future__ import annotations

from yiwang_testcity.old_system.store import Store

NEW, ACCEPTED, DECIDED, ENDED = 1, 2, 4, 9
"""States of a file (`zt`)."""
UNSENT, SENT, TAKEN, REFUSED = 0, 1, 2, 9
"""States of a log line (`fs`)."""

_TABLES = {
    "t_psxk_js": "zh {number} PRIMARY KEY, bjbh {short}, zy {short}",
    "t_psxk_bj": (
        "bjbh {short} PRIMARY KEY, xh {number}, zh {number}, bb {number}, sqr {long}, psl {long}, zt {number},"
        " pt {number}, tc {short}, slsj {short}, bjsj {short}"
    ),
    "t_psxk_hj": "bjbh {short}, hj {short}, xh {number}, gw {short}, zt {short}, PRIMARY KEY (bjbh, hj)",
    "t_psxk_lc": (
        "lsh {short} PRIMARY KEY, bjbh {short}, cz {short}, hj {short}, czsj {short}, jbr {short}, yj {long},"
        " jg {short}, bb {number}, fs {number}, bz {long}"
    ),
}
_TYPES = {"number": "bigint", "short": "varchar(80)", "long": "text"}


def create(own: Store) -> None:
    """Make the tables where they are not."""
    for name, columns in _TABLES.items():
        own.run(f"CREATE TABLE IF NOT EXISTS {name} ({columns.format(**_TYPES)})")
    with own.transaction():
        pass
