from django.db import models


class Event(models.Model):
    """What happened, once and for ever. Rows are inserted and never changed.

    `body` is JSON without personal data: it holds salted commitments to erasable rows. `digest` is
    SHA-256(salt || state) of the state that this event leads to, so that a verifier needs no second `evolve`.
    """

    stream = models.CharField(max_length=20)
    stream_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    type = models.CharField(max_length=64)
    body = models.TextField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "stream_id", "version"], name="ledger_event_once"),
        ]


class Seal(models.Model):
    """The position of an event in the one order that everybody hears."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")


class Sealer(models.Model):
    """One row: how far sealing has come.

    Every event with an id up to `horizon` is sealed or will never exist. On PostgreSQL a lower id may commit after a
    higher one; the horizon therefore follows only once every transaction that was open when `candidate` was the
    highest id has ended (`candidate_xmax`, PostgreSQL's transaction id).
    """

    last_position = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)
    candidate = models.BigIntegerField(default=0)
    candidate_xmax = models.BigIntegerField(default=0)


class Cursor(models.Model):
    """How far one consumer has heard; moves in the transaction of the consumer's own effect."""

    consumer = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField(default=0)


class Parked(models.Model):
    """A stream that one consumer could not follow: heard again from `position` until it works. Visible to operators."""

    consumer = models.CharField(max_length=80)
    stream = models.CharField(max_length=20)
    stream_id = models.BigIntegerField()
    position = models.BigIntegerField()
    error = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    next_try = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consumer", "stream", "stream_id"], name="ledger_parked_once"),
        ]


class Answered(models.Model):
    """The stored answer to a request with an idempotency key."""

    client = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="ledger_answered_once")]
