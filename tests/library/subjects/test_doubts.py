"""What a run asks people about, and what their answers mean to it."""

from yiwang.library.linkage.linking import settled
from yiwang.library.subjects.doubts import doubts, verdict


def pairs(found):
    return [(each.one, each.other, str(each.reason)) for each in found]


def test_the_least_sure_pair_comes_first():
    weights = {(0, 1): 5.0, (2, 3): -0.5, (4, 5): 20.0, (6, 7): -20.0}
    assert pairs(doubts(weights, [[0, 1], [4, 5]], {})) == [(2, 3, "near"), (0, 1, "near")]


def test_two_groups_are_asked_about_once_and_a_group_that_holds_together_never():
    weights = {(0, 1): 30.0, (0, 2): -1.0, (1, 2): -2.0, (3, 4): 30.0, (3, 5): 30.0, (4, 5): 1.0}
    assert pairs(doubts(weights, [[0, 1], [3, 4, 5]], {})) == [(0, 2, "near")]


def test_what_is_alike_but_stayed_apart_is_asked_about_however_sure():
    assert pairs(doubts({(0, 1): 40.0}, [], {})) == [(0, 1, "split")]


def test_what_a_person_has_answered_is_not_asked_again():
    weights = {(0, 1): 30.0, (0, 2): -1000.0, (1, 2): -2.0}
    assert doubts(weights, [[0, 1]], {(0, 2): False}) == []


def test_no_more_are_kept_than_people_can_look_at():
    assert len(doubts({(at, at + 1): 0.1 for at in range(0, 100, 2)}, [], {}, most=7)) == 7


def test_the_verdict_needs_as_many_as_the_level_demands_and_no_equal_voices():
    assert verdict({"officer:1": "same"}, 1) == "same"
    assert verdict({"officer:1": "same"}, 2) == ""
    assert verdict({"officer:1": "same", "officer:2": "unsure"}, 2) == ""
    assert verdict({"officer:1": "different", "officer:2": "different"}, 2) == "different"
    assert verdict({"officer:1": "different", "officer:2": "same"}, 1) == ""
    assert verdict({"officer:1": "different", "officer:2": "same", "officer:3": "same"}, 2) == "same"


def test_what_follows_from_two_answers_holds_unless_somebody_said_otherwise():
    assert settled({(0, 1): True, (1, 2): True})[0, 2] is True
    assert settled({(0, 1): True, (1, 2): True, (0, 2): False})[0, 2] is False
