"""The bridge between the exchange tables and the old system's own: files in, log lines out, answers back, counts.

Each copy is known by its key on the other side, so that the bridge may be cut off anywhere and begins again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from yiwang_testcity.old_system.schema import ACCEPTED, DECIDED, ENDED, NEW, REFUSED, SENT, TAKEN, UNSENT
from yiwang_testcity.old_system.store import Store

AT_ONCE = 200
_STATES = {"received": NEW, "correcting": NEW, "waiting": NEW, "accepted": ACCEPTED, "granted": DECIDED}


def copy_in(exchange: Store, own: Store) -> int:
    """Copy sheets that are not here yet, in order of their numbers; returns how many."""
    (last,) = own.rows("SELECT COALESCE(MAX(zh), 0) FROM t_psxk_js")[0]
    sheets = exchange.rows(
        "SELECT out_no, project_no, revision, case_state, applyer_name, digest FROM yw_case"
        " WHERE out_no > ? ORDER BY out_no LIMIT ?",
        [last, AT_ONCE],
    )
    for sheet in sheets:
        number = sheet[0]
        items = exchange.rows("SELECT item_code, item_value FROM yw_item WHERE out_no = ?", [number])
        tasks = exchange.rows(
            "SELECT process_name, order_num, post_code, process_state FROM yw_process WHERE out_no = ?"
            " ORDER BY order_num",
            [number],
        )
        with own.transaction():
            _keep(own, sheet, dict(items), tasks)
    return len(sheets)


def _keep(own: Store, sheet: tuple[Any, ...], items: dict[str, str], tasks: Iterable[tuple[Any, ...]]) -> None:
    number, project, revision, stage, applicant, digest = sheet
    own.run("INSERT INTO t_psxk_js (zh, bjbh, zy) VALUES (?, ?, ?)", [number, project, digest])
    state = _STATES.get(stage, ENDED)
    waits = "补正" if stage in ("correcting", "waiting") else ""
    discharge = str(json.loads(items.get("discharge.daily_m3", "null")) or "")
    known = own.run("SELECT zt FROM t_psxk_bj WHERE bjbh = ?", [project]).fetchone()
    if known is None:
        place = own.run("SELECT COUNT(*) FROM t_psxk_bj").fetchone()[0] + 1
        own.run(
            "INSERT INTO t_psxk_bj (bjbh, xh, zh, bb, sqr, psl, zt, pt, tc, slsj, bjsj)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')",
            [project, place, number, revision, applicant, discharge, state, state, waits],
        )
    else:
        own.run(
            "UPDATE t_psxk_bj SET zh = ?, bb = ?, psl = ?, zt = ?, pt = ?, tc = ? WHERE bjbh = ?",
            [number, revision, discharge, max(state, _logged(own, project)), state, waits, project],
        )
    own.run("DELETE FROM t_psxk_hj WHERE bjbh = ?", [project])
    for task, place, post, progress in tasks:
        own.run(
            "INSERT INTO t_psxk_hj (bjbh, hj, xh, gw, zt) VALUES (?, ?, ?, ?, ?)",
            [project, task, place, post, progress],
        )


def _logged(own: Store, project: str) -> int:
    """How far the file is by what was logged here and not sent back: the newest sheet may be older than that."""
    logged = own.run("SELECT cz FROM t_psxk_lc WHERE bjbh = ? AND fs <> ?", [project, REFUSED]).fetchall()
    deeds = {deed for (deed,) in logged}
    return DECIDED if "result" in deeds else ACCEPTED if "accept" in deeds else NEW


def copy_out(exchange: Store, own: Store, at: datetime) -> int:
    """Write log lines that were not sent into the exchange tables; returns how many."""
    lines = own.rows(
        "SELECT lsh, bjbh, cz, hj, czsj, jbr, yj, jg, bb FROM t_psxk_lc WHERE fs = ? ORDER BY czsj, lsh LIMIT ?",
        [UNSENT, AT_ONCE],
    )
    for number, project, deed, task, done, clerk, words, result, revision in lines:
        with exchange.transaction():
            there = exchange.run("SELECT 1 FROM dw_step WHERE step_no = ?", [number]).fetchone()
            if there is None:
                exchange.run(
                    "INSERT INTO dw_step (step_no, project_no, revision, event_name, process_name, event_end_time,"
                    " handle_explain, handle_user_name, result_type, write_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [number, project, revision, deed, task, done, words, clerk, result, f"{at:%Y-%m-%d %H:%M:%S.%f}"],
                )
        with own.transaction():
            own.run("UPDATE t_psxk_lc SET fs = ? WHERE lsh = ? AND fs = ?", [SENT, number, UNSENT])
    return len(lines)


def copy_answers(exchange: Store, own: Store) -> int:
    """Note what became of the lines that were sent; what was refused is open again. Returns how many were answered."""
    sent = own.rows("SELECT lsh, bjbh FROM t_psxk_lc WHERE fs = ? ORDER BY lsh LIMIT ?", [SENT, AT_ONCE])
    noted = 0
    for number, project in sent:
        answer = exchange.rows("SELECT step_state, reason_zh FROM yw_step_answer WHERE step_no = ?", [number])
        if not answer or answer[0][0] == "waiting":
            continue
        taken = answer[0][0] == "taken"
        with own.transaction():
            own.run(
                "UPDATE t_psxk_lc SET fs = ?, bz = ? WHERE lsh = ?",
                [TAKEN if taken else REFUSED, answer[0][1] or "", number],
            )
            if not taken:
                (there,) = own.run("SELECT pt FROM t_psxk_bj WHERE bjbh = ?", [project]).fetchone()
                stage = max(there, _logged(own, project))
                own.run("UPDATE t_psxk_bj SET zt = ? WHERE bjbh = ?", [stage, project])
        noted += 1
    return noted


def count(exchange: Store, own: Store, day: str) -> int:
    """Say what is held of every file, as the counts of a day; returns how many files."""
    files = [str(project) for (project,) in own.rows("SELECT bjbh FROM t_psxk_bj ORDER BY xh")]
    for project in files:
        sheets = own.rows("SELECT zh, zy FROM t_psxk_js WHERE bjbh = ? ORDER BY zh", [project])
        steps = own.rows("SELECT lsh FROM t_psxk_lc WHERE bjbh = ? AND fs <> ? ORDER BY lsh", [project, UNSENT])
        numbers = [str(number) for (number,) in steps]
        with exchange.transaction():
            exchange.run("DELETE FROM dw_count WHERE count_day = ? AND project_no = ?", [day, project])
            exchange.run(
                "INSERT INTO dw_count (count_day, project_no, sheet_count, sheet_digest, step_count, step_digest)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    day,
                    project,
                    len(sheets),
                    _digest(f"{number} {digest}" for number, digest in sheets),
                    len(numbers),
                    _digest(numbers),
                ],
            )
    return len(files)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
