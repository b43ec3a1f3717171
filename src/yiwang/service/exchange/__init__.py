"""Departments' own systems: an officer does not type twice.

A department says in a file (`city/exchange/water.yaml`) that the work of some of its posts is done in a system of its
own, and an operator opens the exchange. From then on

* every file of a case in which such a post has a task is put out as a *sheet*: the whole file as it then is, numbered,
  once for each revision of the part; over the API or in exchange tables (前置库);
* the system writes back *steps*: accepted, correction asked, a task done, a special procedure begun or ended, decided,
  delivered, each under the system's own number and with the time at which it was done there;
* a step is taken in through the ordinary verbs of `cases.actions`, exactly once, or waits for what it needs, or is
  refused with a reason in both languages that goes back and stands on the department's page;
* each day both sides' counts and digests are compared, and what differs is shown and sent again.

National field names are used at this border and nowhere else: `sheets`, `steps`, `tables`, `api_shapes`.
"""
