"""How the old system works at its files: its own rules, its own log, its own clock. It knows only its own tables."""

from __future__ import annotations

from datetime import datetime

from yiwang_testcity.old_system.schema import ACCEPTED, DECIDED, NEW, REFUSED, UNSENT
from yiwang_testcity.old_system.store import Store

LARGEST_DISCHARGE = 500
"""Cubic metres a day: beyond, the drains are too small and the permit is refused."""
CLERK = "何师傅"


def work(own: Store, at: datetime, *, paces: int = 1) -> int:
    """Do up to `paces` things to each open file, dated `at` (the city's clock); returns how many were logged."""
    done = 0
    open_files = own.rows("SELECT bjbh FROM t_psxk_bj WHERE zt IN (?, ?) ORDER BY xh", [NEW, ACCEPTED])
    for (project,) in open_files:
        for _pace in range(paces):
            with own.transaction():
                logged = _next(own, str(project), f"{at:%Y-%m-%d %H:%M:%S}")
            if not logged:
                break
            done += 1
    return done


def _next(own: Store, project: str, at: str) -> bool:
    """Log the next thing that a file needs; False where nothing is to be done here now."""
    found = own.run("SELECT zt, tc, psl, bb FROM t_psxk_bj WHERE bjbh = ?", [project]).fetchone()
    state, waits_for, discharge, revision = found
    if waits_for:
        return False
    # What was sent back is tried again only once the file has moved on.
    lines = own.run(
        "SELECT cz, hj FROM t_psxk_lc WHERE bjbh = ? AND (fs <> ? OR bb >= ?)", [project, REFUSED, revision]
    ).fetchall()
    logged = {(str(deed), str(task)) for deed, task in lines}
    if state == NEW:
        if ("accept", "") in logged:
            return False
        _log(own, project, "accept", "", at, "材料齐全，予以受理。", "", revision)
        own.run("UPDATE t_psxk_bj SET zt = ?, slsj = ? WHERE bjbh = ?", [ACCEPTED, at, project])
        return True
    tasks = own.run("SELECT hj, zt FROM t_psxk_hj WHERE bjbh = ? ORDER BY xh", [project]).fetchall()
    for task, progress in tasks:
        if task in ("accept", "decide", "deliver") or progress in ("done", "skipped", "dropped"):
            continue
        if ("process", str(task)) not in logged:
            _log(own, project, "process", str(task), at, "符合要求。", "", revision)
            return True
    if ("result", "") not in logged:
        granted = float(discharge or 0) <= LARGEST_DISCHARGE
        words = "符合排水条件，准予许可。" if granted else "排水量超过管网能力，不予许可。"
        _log(own, project, "result", "", at, words, "1" if granted else "0", revision)
        own.run("UPDATE t_psxk_bj SET zt = ?, bjsj = ? WHERE bjbh = ?", [DECIDED, at, project])
        return True
    return False


def _log(own: Store, project: str, deed: str, task: str, at: str, words: str, result: str, revision: int) -> None:
    count = own.run("SELECT COUNT(*) FROM t_psxk_lc WHERE bjbh = ?", [project]).fetchone()[0]
    place = own.run("SELECT xh FROM t_psxk_bj WHERE bjbh = ?", [project]).fetchone()[0]
    own.run(
        "INSERT INTO t_psxk_lc (lsh, bjbh, cz, hj, czsj, jbr, yj, jg, bb, fs, bz)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        [f"PS{place:07d}-{count + 1:02d}", project, deed, task, at, CLERK, words, result, revision, UNSENT],
    )
