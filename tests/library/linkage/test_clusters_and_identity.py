"""Groups hold together as wholes; the ids of subjects stay."""

from hypothesis import given
from hypothesis import strategies as st

from yiwang.library.linkage.clusters import _grown, cluster, components
from yiwang.library.linkage.identity import Change, Passage, continued, new_id


def test_a_chain_of_likely_pairs_does_not_make_one_person_of_two():
    # 1-2 and 3-4 belong together; 2 and 3 look alike, but all other pairs across say no.
    weights = {(1, 2): 20.0, (3, 4): 20.0, (2, 3): 3.0, (1, 3): -9.0, (2, 4): -9.0, (1, 4): -9.0}
    assert cluster(weights) == [[1, 2], [3, 4]]


def test_a_weak_pair_inside_a_group_does_not_split_it():
    assert cluster({(1, 2): 20.0, (2, 3): 15.0, (1, 3): -2.0}) == [[1, 2, 3]]


def test_two_records_of_a_register_that_names_everybody_once_stay_apart():
    weights = {(1, 2): 5.0, (1, 3): 12.0, (2, 3): 12.5}
    assert cluster(weights, lambda one, other: (one, other) == (1, 2)) == [[2, 3]]


def test_groups_do_not_hang_on_the_order_of_pairs():
    weights = {(1, 2): 8.0, (2, 3): 8.0, (3, 4): 8.0, (1, 4): -3.0}
    assert cluster(weights) == cluster(dict(reversed(weights.items())))


def test_a_very_large_group_is_cut_where_it_is_weakest():
    strong = {(at, at + 1): 40.0 for at in range(600) if at % 3 != 2}
    weak = {(at, at + 1): 1.0 for at in range(600) if at % 3 == 2}
    assert cluster(strong | weak) == [[at, at + 1, at + 2] for at in range(0, 600, 3)]


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(31, 60)), max_size=40))
def test_components_hold_every_record_once(edges):
    groups = components(edges)
    named = [record for group in groups for record in group]
    assert sorted(named) == sorted({record for edge in edges for record in edge})
    for one, other in edges:
        assert any(one in group and other in group for group in groups)


few = st.integers(0, 8)
weighed = st.dictionaries(st.tuples(few, few).filter(lambda it: it[0] < it[1]), st.floats(-20, 20), max_size=36)


@given(weighed, st.sets(st.tuples(few, few), max_size=4))
def test_who_are_all_alike_come_together_as_if_they_grew_one_by_one(weights, never):
    def apart(one, other):
        return (one, other) in never

    connected = components(pair for pair, weight in weights.items() if weight > 0)
    step_by_step = [group for each in connected for group in _grown(each, weights, apart, 0.0)]
    assert cluster(weights, apart, threshold=0.0) == sorted(step_by_step)


def test_a_group_that_grows_keeps_its_id():
    found = continued({"a": "S", "b": "S"}, [["a", "b", "c"]])
    assert set(found.of.values()) == {"S"}
    assert found.passages == ()


def test_what_merges_leads_to_the_id_of_the_larger_group():
    found = continued({"a": "S", "b": "S", "c": "T"}, [["a", "b", "c"]])
    assert set(found.of.values()) == {"S"}
    assert found.passages == (Passage(Change.MERGED, "S", ("T",)),)


def test_what_parts_leaves_the_id_with_the_larger_part():
    found = continued({"a": "S", "b": "S", "c": "S"}, [["a", "b"], ["c"]])
    assert (found.of["a"], found.of["b"]) == ("S", "S")
    assert found.of["c"] not in ("S", "")
    assert found.passages == (Passage(Change.SPLIT, "S", (found.of["c"],)),)


def test_a_new_subject_has_the_id_of_its_first_record():
    found = continued({}, [["b", "a"]])
    assert found.of == {"a": new_id("a"), "b": new_id("a")}
    assert found.passages == (Passage(Change.NEW, new_id("a")),)


def test_an_id_is_never_given_twice():
    # "a" once gave its name to a subject that "b" now carries on; "a" alone must be called something else.
    found = continued({"a": new_id("a"), "b": new_id("a"), "c": new_id("a")}, [["b", "c"], ["a"]])
    assert found.of["b"] == found.of["c"] == new_id("a")
    assert found.of["a"] != new_id("a")


def test_who_rests_keeps_the_id_even_if_most_others_leave():
    found = continued({"a": "S", "b": "S", "c": "S"}, [["a", "b", "new"]], resting=["c"])
    assert found.of["c"] == "S"
    assert found.of["a"] == found.of["b"] == found.of["new"] != "S"
    assert found.passages == (Passage(Change.SPLIT, "S", (found.of["a"],)),)


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["S", "T", "U"])),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), min_size=1),
)
def test_every_record_has_one_id_and_no_two_groups_share_one(before, placed):
    groups: dict[int, list[str]] = {}
    for record, group in placed.items():
        groups.setdefault(group, []).append(record)
    found = continued(before, groups.values())
    assert found.of.keys() == placed.keys()
    assert len(set(found.of.values())) == len(groups)
