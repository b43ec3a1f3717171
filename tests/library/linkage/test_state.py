"""What linkage keeps: new records move nobody they have nothing to do with, a run happens whole or not at all."""

import pytest

from benchmarks.linkage import cut
from benchmarks.registers import town
from yiwang.library.linkage.state import State, known_keys


@pytest.fixture(scope="module")
def days():
    """A small town's registers, less the last tenth of two of them, which come the next day."""
    registers = town(300, seed=11).registers
    late = [len(one) // 10 if at else 0 for at, one in enumerate(registers)]
    known = [cut(one, 0, len(one) - less) for one, less in zip(registers, late, strict=True)]
    new = [cut(one, len(one) - less, len(one)) for one, less in zip(registers, late, strict=True) if less]
    return known, new


def test_whoever_no_new_record_joins_keeps_the_id(tmp_path, days):
    known, new = days
    state = State(tmp_path)
    state.begin(known)
    before = state.subjects()
    added = state.add(new)
    after = state.subjects()
    state.close()
    joined = {after[key] for key in known_keys(new)}
    assert after.keys() - before.keys() == set(known_keys(new))
    assert all(after[key] == subject for key, subject in before.items() if after[key] not in joined)
    assert {key: after[key] for key in added.subjects} == added.subjects
    assert any(after[key] in before.values() for key in known_keys(new))


def test_a_run_that_breaks_off_leaves_the_state_as_it_was(tmp_path, days, monkeypatch):
    known, new = days
    state = State(tmp_path)
    state.begin(known)
    before = state.subjects()
    with monkeypatch.context() as broken:
        broken.setattr("yiwang.library.linkage.state.continued", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            state.add(new)
    assert state.subjects() == before
    state.close()
    again = State(tmp_path)
    assert again.subjects() == before
    assert again.add(new).records == len(known_keys(new))
    again.close()


def test_the_file_holds_what_lasts_and_nothing_else(tmp_path, days):
    state = State(tmp_path)
    state.begin(days[0])
    state.close()
    state = State(tmp_path)
    tables = state.engine.rows("select table_name from duckdb_tables()")
    state.close()
    assert {name for (name,) in tables} == {
        "features",
        "keys",
        "weighed",
        "rarity",
        "subjects",
        "history",
        "kept",
        "verdicts",
    }


def merged(state):
    """Two records that linkage takes for one, and two of which it does not."""
    members = {}
    for record, subject in sorted(state.subjects().items()):
        members.setdefault(subject, []).append(record)
    pair = next(each for each in members.values() if len(each) == 2)
    return tuple(pair), tuple(each[0] for each in list(members.values())[:2])


def test_what_people_say_of_known_records_holds_and_moves_nobody_else(tmp_path, days):
    known, new = days
    state = State(tmp_path)
    state.begin(known)
    before = state.subjects()
    (one, other), (third, fourth) = merged(state)
    assert before[one] == before[other]
    assert before[third] != before[fourth]
    state.add(new[:1], verdicts={(one, other): False, (third, fourth): True})
    after = state.subjects()
    assert after[one] != after[other]
    assert after[third] == after[fourth]
    concerned = {after[key] for key in (one, other, third, fourth, *known_keys(new[:1]))}
    assert all(after[key] == subject for key, subject in before.items() if after[key] not in concerned)
    state.close()
    again = State(tmp_path)
    again.add(new[1:])
    later = again.subjects()
    assert later[one] != later[other]
    assert later[third] == later[fourth]
    again.close()


def test_a_verdict_outlives_that_a_record_comes_again_and_a_newer_one_takes_its_place(tmp_path, days):
    known, _new = days
    state = State(tmp_path)
    state.begin(known)
    (one, other), _ = merged(state)
    state.begin(known, verdicts={(one, other): False})
    assert state.subjects()[one] != state.subjects()[other]
    state.add(known)
    assert state.subjects()[one] != state.subjects()[other]
    state.add(known[:1], verdicts={(one, other): True})
    assert state.subjects()[one] == state.subjects()[other]
    state.close()
