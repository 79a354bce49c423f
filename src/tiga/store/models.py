"""Tables of one record. Only the store touches them.

Rules
1. `Entry`, `Tile`, `Head`, `Cosig`, `Thread`, `Disclosed`, `Waiting`, `Circular`, `Document`, `Blob`, `Upload`, `SetAside`,
   `Received`, `Listed`, `SavedMap`, `Pending`, `Device`, `Sent` and `SentFile` are kept for good and have migrations;
   `Arriving` and `Piece` have them too and are kept for a day.
2. Everything in `PROJECTED` is a projection: dropped and made anew when the projector's version changes, written by the
   projector alone.
3. Instants are milliseconds (UTC), coordinates 1e-7 degrees: whole numbers, as on the record.

Trust: the tables are not trusted. Whoever can change them can withhold, delay and show something false on this host; they
cannot change an entry without the head, every receipt and every dossier giving it away.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    idx = models.BigIntegerField(primary_key=True)
    sid = models.CharField(max_length=43, unique=True)
    leaf = models.BinaryField(max_length=32)
    note = models.BinaryField(null=True)

    class Meta:
        db_table = "entry"


class Tile(models.Model):
    pk = models.CompositePrimaryKey("level", "n")
    level = models.IntegerField()
    n = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "tile"


class Head(models.Model):
    one = models.IntegerField(primary_key=True)
    size = models.BigIntegerField()
    epoch = models.BigIntegerField()
    checkpoint = models.BinaryField()

    class Meta:
        db_table = "head"


class Thread(models.Model):
    pk = models.CompositePrimaryKey("name", "idx")
    name = models.CharField(max_length=60)
    idx = models.BigIntegerField()

    class Meta:
        db_table = "thread"


class Cosig(models.Model):
    """A witness's signature line over the checkpoint of a size, and the time it states."""

    pk = models.CompositePrimaryKey("size", "name", "kid")
    size = models.BigIntegerField()
    name = models.CharField(max_length=200)
    kid = models.CharField(max_length=8)
    component = models.CharField(max_length=40)
    seconds = models.BigIntegerField()
    line = models.TextField()

    class Meta:
        db_table = "cosig"


class Waiting(models.Model):
    """A filing that waits for its batch, encrypted: `number` is random, so that the order of arrival is not kept."""

    number = models.CharField(max_length=32, primary_key=True)
    due_ms = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "waiting"


class Circular(models.Model):
    """A text that goes from hand to hand until those have signed whom the charter asks for; not yet an act."""

    sid = models.CharField(max_length=43, primary_key=True)
    at_ms = models.BigIntegerField()
    by = models.CharField(max_length=200)
    text = models.TextField()
    note = models.BinaryField()
    entered = models.BigIntegerField(null=True)

    class Meta:
        db_table = "circular"


class Disclosed(models.Model):
    """A disclosure (record.md F3), encrypted under a key of its own, with its release level; `data` is empty once erased."""

    digest = models.CharField(max_length=43, primary_key=True)
    sid = models.CharField(max_length=43, db_index=True)
    name = models.CharField(max_length=40)
    data = models.BinaryField()
    level = models.CharField(max_length=2)
    party = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "disclosed"


class Document(models.Model):
    """Public bytes that entries cite by SHA-256: agreement versions."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()

    class Meta:
        db_table = "document"


class Blob(models.Model):
    """Evidence as it came, encrypted under a key of its own: written once, handed out only as a download.

    Other bytes under the same name are another row, never a replacement.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()

    class Meta:
        db_table = "blob"


class Upload(models.Model):
    """A file that came in: who sent it, when, how many rows went in. The file's rows are known by `row_digest`."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    sender = models.CharField(max_length=120)
    at_ms = models.BigIntegerField()
    accepted = models.IntegerField()
    unchanged = models.IntegerField()
    faults = models.IntegerField()

    class Meta:
        db_table = "upload"


class Arriving(models.Model):
    """A file that is being sent in pieces: whose, by what name, how long it will be, how much is here, since when."""

    number = models.CharField(max_length=32, primary_key=True)
    sender = models.CharField(max_length=200, db_index=True)
    name = models.CharField(max_length=200)
    length = models.BigIntegerField()
    received = models.BigIntegerField()
    at_ms = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "arriving"


class Piece(models.Model):
    """Bytes of an arriving file from a place on, encrypted under a key of their own."""

    pk = models.CompositePrimaryKey("number", "start")
    number = models.CharField(max_length=32)
    start = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "piece"


class Received(models.Model):
    """Which report a sender's row became, so that the same row twice changes nothing and a changed row is a new version."""

    key = models.CharField(max_length=64, primary_key=True)
    row_digest = models.CharField(max_length=64)
    sid = models.CharField(max_length=43)

    class Meta:
        db_table = "received"


class Listed(models.Model):
    """A row of a dataset's release that became a report: whose it is, its country and window, the producer's last change, and
    whether it was taken back. What a later release no longer holds is found by these."""

    key = models.CharField(max_length=64, primary_key=True)
    sender = models.CharField(max_length=120)
    source = models.CharField(max_length=40)
    report_id = models.CharField(max_length=80)
    country = models.CharField(max_length=120)
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    changed = models.BigIntegerField()
    withdrawn = models.BooleanField(default=False)

    class Meta:
        db_table = "listed"
        indexes = (models.Index(fields=["source", "sender", "country", "first_ms"], name="listed_window"),)


class SavedMap(models.Model):
    """A column map by its name: which columns of a sender's sheets feed which fields."""

    name = models.CharField(max_length=60, primary_key=True)
    tree = models.JSONField()
    sender = models.CharField(max_length=120)
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "saved_map"


class Pending(models.Model):
    """A sheet that was tried and waits for its sender's word, encrypted; what is not confirmed in a day is dropped."""

    token = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200)
    sender = models.CharField(max_length=120)
    map = models.CharField(max_length=60)
    at_ms = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "pending"


class SetAside(models.Model):
    """A faulty row, kept for its sender to mend."""

    upload = models.CharField(max_length=64, db_index=True)
    file = models.CharField(max_length=200)
    row = models.IntegerField()
    column = models.CharField(max_length=60)
    code = models.CharField(max_length=60)
    values = models.JSONField()
    raw = models.JSONField()

    class Meta:
        db_table = "set_aside"


class Device(models.Model):
    """A phone enrolled for a monitor's key: its token's SHA-256, and what it is called, encrypted."""

    number = models.CharField(max_length=32, primary_key=True)
    token = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=200)
    at_ms = models.BigIntegerField()
    revoked_ms = models.BigIntegerField(null=True)
    label = models.BinaryField()

    class Meta:
        db_table = "device"


class Sent(models.Model):
    """A submission from a phone, or a version of one, encrypted with who sent it and when: `instance`, `base` and `root` are
    digests of ids that only the phone knew. `told` says, encrypted as well, what became of it."""

    number = models.CharField(max_length=64, primary_key=True)
    instance = models.CharField(max_length=64, db_index=True)
    base = models.CharField(max_length=64, db_index=True)
    root = models.CharField(max_length=64, db_index=True)
    reason = models.CharField(max_length=10)
    state = models.CharField(max_length=10, db_index=True)
    data = models.BinaryField()
    told = models.BinaryField()

    class Meta:
        db_table = "sent"


class SentFile(models.Model):
    """The n-th version of a file of a submission: its bytes are the blob of that SHA-256, `data` its name and time."""

    number = models.CharField(max_length=64, primary_key=True)
    instance = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=64)
    n = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()

    class Meta:
        db_table = "sent_file"
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "name", "n"], name="one_file_a_version")]


class ReportRow(models.Model):
    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField(unique=True)
    at_ms = models.BigIntegerField()
    by = models.CharField(max_length=200)
    channel = models.CharField(max_length=10)
    level = models.CharField(max_length=2, db_index=True)
    party = models.CharField(max_length=40)
    start_ms = models.BigIntegerField(db_index=True)
    end_ms = models.BigIntegerField(db_index=True)
    copy = models.CharField(max_length=16, db_index=True)
    touched = models.BigIntegerField(db_index=True)
    revised_by = models.CharField(max_length=43)
    revises = models.CharField(max_length=43)
    discredited = models.TextField()
    withdrawn = models.TextField()
    said = models.JSONField()
    sealed = models.BooleanField()
    shared = models.TextField()
    seq = models.IntegerField()
    filing = models.CharField(max_length=43)

    class Meta:
        db_table = "report_row"
        managed = False


class GroupRow(models.Model):
    """A suggestion of fusion: claims that seem to speak of one happening, as made from what an audience may see."""

    pk = models.CompositePrimaryKey("audience", "group_id")
    audience = models.CharField(max_length=2)
    group_id = models.CharField(max_length=60)
    start_ms = models.BigIntegerField(db_index=True)
    claims = models.JSONField()

    class Meta:
        db_table = "group_row"
        managed = False


class BackgroundRow(models.Model):
    """A background as entered, and what its disclosures say of its files."""

    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField(db_index=True)
    at_ms = models.BigIntegerField()
    size = models.BigIntegerField()
    reports = models.BigIntegerField()
    version = models.CharField(max_length=40)
    weights = models.CharField(max_length=64)
    gazetteer = models.CharField(max_length=64)
    parties = models.CharField(max_length=64)
    public = models.CharField(max_length=64)

    class Meta:
        db_table = "background_row"
        managed = False


class DecisionRow(models.Model):
    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    by = models.CharField(max_length=200)
    left = models.CharField(max_length=60)
    right = models.CharField(max_length=60)
    same = models.BooleanField()
    reason = models.TextField()
    withdrawn = models.BooleanField()
    refused = models.BooleanField()

    class Meta:
        db_table = "decision_row"
        managed = False


class IncidentRow(models.Model):
    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField(unique=True)
    at_ms = models.BigIntegerField()
    start_ms = models.BigIntegerField(db_index=True)
    end_ms = models.BigIntegerField()
    reports = models.JSONField()
    acts = models.JSONField()
    claims = models.JSONField()
    gazetteer = models.CharField(max_length=64)

    class Meta:
        db_table = "incident_row"
        managed = False


class CaseRow(models.Model):
    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField(unique=True)
    at_ms = models.BigIntegerField()
    state = models.CharField(max_length=20, db_index=True)
    complainant = models.CharField(max_length=40)
    incident = models.CharField(max_length=43)
    issues = models.JSONField()
    closed = models.CharField(max_length=20)
    public = models.BooleanField()
    basis = models.CharField(max_length=10)
    basis_told_ms = models.BigIntegerField()

    class Meta:
        db_table = "case_row"
        managed = False


class ReleaseRow(models.Model):
    """A value let to more readers: both parties (R1) or one (R2)."""

    pk = models.CompositePrimaryKey("digest", "level", "party")
    digest = models.CharField(max_length=43, db_index=True)
    level = models.CharField(max_length=2)
    party = models.CharField(max_length=40)

    class Meta:
        db_table = "release_row"
        managed = False


class PouchRow(models.Model):
    """A filing that was encrypted on the sender's machine: whom it is for, and its file."""

    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField(unique=True)
    at_ms = models.BigIntegerField()
    by = models.CharField(max_length=200)
    party = models.CharField(max_length=40)
    to = models.JSONField()
    sha256 = models.CharField(max_length=64)
    length = models.BigIntegerField()

    class Meta:
        db_table = "pouch_row"
        managed = False


class AffairRow(models.Model):
    """An object of the affairs beside cases, as it stands; what of `said` a reader sees is asked fact by fact."""

    sid = models.CharField(max_length=43, primary_key=True)
    concept = models.CharField(max_length=20, db_index=True)
    idx = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    state = models.CharField(max_length=40)
    title = models.TextField()
    level = models.CharField(max_length=2)
    side = models.CharField(max_length=40)
    open = models.BooleanField()
    said = models.JSONField()

    class Meta:
        db_table = "affair_row"
        managed = False


class FingerprintRow(models.Model):
    """By what a deposited file is known again: `sid` is its deposit's, `at_ms` when that was; `parts` may be empty."""

    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField(db_index=True)
    at_ms = models.BigIntegerField()
    case = models.CharField(max_length=43)
    sha256 = models.CharField(max_length=64, db_index=True)
    whole = models.CharField(max_length=16)
    parts = models.TextField()
    width = models.IntegerField()
    height = models.IntegerField()

    class Meta:
        db_table = "fingerprint_row"
        managed = False


class ClockRow(models.Model):
    """A clock of a case, or of another object (`concept`): `case` is its sid."""

    key = models.CharField(max_length=120, primary_key=True)
    case = models.CharField(max_length=43, db_index=True)
    concept = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    whose = models.CharField(max_length=40)
    started_ms = models.BigIntegerField()
    due_ms = models.BigIntegerField(db_index=True)
    zone = models.CharField(max_length=10)
    clause = models.CharField(max_length=40)
    met_ms = models.BigIntegerField(null=True)
    lapsed = models.BooleanField()
    right = models.BooleanField()
    noted = models.BooleanField()

    class Meta:
        db_table = "clock_row"
        managed = False


class GradeRow(models.Model):
    """A grade of a report, or what took one back (`of`): who, when, which version, and the chain of what its author sealed."""

    sid = models.CharField(max_length=43, primary_key=True)
    idx = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    by = models.CharField(max_length=200)
    report = models.CharField(max_length=43, db_index=True)
    of = models.CharField(max_length=43)
    reliability = models.CharField(max_length=1)
    credibility = models.CharField(max_length=1)
    reason = models.TextField()
    withdrawn = models.BooleanField()
    sealed = models.BooleanField()
    seq = models.IntegerField()
    filing = models.CharField(max_length=43)

    class Meta:
        db_table = "grade_row"
        managed = False


class ActRow(models.Model):
    """What each entry did, for the list of the record: enough to find it, nothing that it discloses."""

    idx = models.BigIntegerField(primary_key=True)
    sid = models.CharField(max_length=43)
    at_ms = models.BigIntegerField()
    act = models.CharField(max_length=60, db_index=True)
    by = models.CharField(max_length=200)
    case = models.CharField(max_length=43, db_index=True)
    about = models.CharField(max_length=43, db_index=True)
    level = models.CharField(max_length=2)
    party = models.CharField(max_length=40)

    class Meta:
        db_table = "act_row"
        managed = False


PROJECTED: tuple[type[models.Model], ...] = (
    ReportRow, GroupRow, BackgroundRow, DecisionRow, IncidentRow, CaseRow, ClockRow, ActRow, ReleaseRow, PouchRow, AffairRow,
    FingerprintRow, GradeRow,
)  # fmt: skip


class Projector(models.Model):
    """The version of the projector that made the rows, how far it has read, and a mark for each of the latest groupings, by which
    a process knows whether what it holds of them still follows (`fusing`)."""

    one = models.IntegerField(primary_key=True)
    version = models.IntegerField()
    size = models.BigIntegerField()
    fused = models.JSONField(default=list)

    class Meta:
        db_table = "projector"

    KEPT: ClassVar[bool] = True
