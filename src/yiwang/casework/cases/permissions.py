"""Who may do what with a case: one Q per right. The check of an object is the filtered `exists()`."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from yiwang.casework.cases.models import Party, Task
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind

EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__in=())


def see_case(by: Actor) -> Q:
    """Cases: an officer, or a department's own system, those in which their department has a task, or one that they
    oversee; who speaks for a person, that person's."""
    if by.kind in (ActorKind.MACHINE, ActorKind.LAW):
        return EVERYTHING
    if by.person is not None:
        return _of(by.person)
    if by.kind in (ActorKind.OFFICER, ActorKind.SYSTEM):
        return Q(Exists(Task.objects.filter(see_task(by), case=OuterRef("pk"))))
    return NOTHING


def see_task(by: Actor) -> Q:
    """Tasks: an officer or a system those of their departments; the head of a city's department those of its branches,
    to oversee them (上级监督): what somebody only sees, they cannot do."""
    if by.kind not in (ActorKind.OFFICER, ActorKind.SYSTEM):
        return NOTHING
    heads = led_by(by)
    oversees = Q(department__in=directory.codes_of_branches(heads)) if heads else NOTHING
    return Q(department__in=by.departments) | oversees


def do_task(by: Actor) -> Q:
    """Tasks: an officer those of a post they hold; a department's own system those of the posts whose work is done in
    it; a machine those that a rule decides."""
    if by.kind in (ActorKind.MACHINE, ActorKind.LAW):
        return EVERYTHING
    if by.kind in (ActorKind.OFFICER, ActorKind.SYSTEM):
        return Q(post__in=by.posts)
    return NOTHING


def move_task(by: Actor) -> Q:
    """Tasks: any officer of the department may assign or hand over what lies on its desk."""
    if by.kind is ActorKind.OFFICER:
        return Q(department__in=by.departments)
    return NOTHING


def count_money(by: Actor) -> Q:
    """Cases: fees come in and go back as the cashier reports, whoever is signed in."""
    return EVERYTHING if by.kind is ActorKind.MACHINE else NOTHING


HEAD = "head"
"""The post of an agency's head, in every department."""


def lead_part(by: Actor) -> Q:
    """Parts: the head of the responsible agency, who alone extends a limit (行政许可法 art. 42)."""
    if by.kind is ActorKind.OFFICER:
        return Q(department__in=led_by(by))
    return NOTHING


def led_by(by: Actor) -> frozenset[str]:
    """The departments whose head this actor is."""
    return frozenset(post.partition("/")[0] for post in by.posts if post.partition("/")[2] == HEAD)


def speak_as_applicant(by: Actor) -> Q:
    """Cases: those of the person for whom the actor speaks; of what mandate or window, their caller has looked."""
    if by.kind is ActorKind.MACHINE:
        return EVERYTHING
    return NOTHING if by.person is None else _of(by.person)


def hand_over_results(by: Actor) -> Q:
    """Cases: those of the person who stands before an officer and for whom they speak."""
    return NOTHING if by.kind is not ActorKind.OFFICER or by.person is None else _of(by.person)


def _of(person: int) -> Q:
    return Q(Exists(Party.objects.filter(case=OuterRef("pk"), person=person)))
