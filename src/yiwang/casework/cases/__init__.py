"""The case: its parts, plan, clock, tasks and links; the officer's desk.

Pure: `plan` (who does what, in which order), `events`, `state` (`evolve`), `clock` (what is due when), `consequences`
(what a decision sets off), `timeline`, `lines`, `bpmn`. The one write path is `record.happen`; verbs stand in `actions`
and `receipt`, `possible` says what law and plan do not allow. `projection` makes rows of a state and `drawing` writes
them, `replaying` compares them with the events, `sweep` makes facts of the passing of time. The desk is `desk` (the
queue), `queries`, `deeds` (its buttons), `forms`, `views` and `api`. Kinds of case that only higher packages know
register with `kinds`.

`letters` composes what an applicant is told in writing (文书), `issuing` numbers it in the transaction of its event,
`correspondence` hands it out; `published` is how the city's offices work. `hearings` has the verbs of a hearing (听证).
"""
