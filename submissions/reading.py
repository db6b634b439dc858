"""The reads that every page of an entry and every verb on it begin with, see `landespreis.composed`.

They read what pages and verbs name, and of rows that entries point to no more than that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from accounts.models import Membership, Municipality, User
from landespreis.composed_rows import Read
from submissions import rulebook
from submissions.models import (
    Answer,
    Attachment,
    Editor,
    Partner,
    Receipt,
    Section,
    Submission,
    Variant,
    Version,
)

Keys = Sequence[UUID]

PERSON = ("email", "name", "is_active")
LOCK = Read(Submission, ["id"], order="id", lock=True)
"""In one order, so that two who lock several never wait for each other."""
OUTLINE = Read(Submission, ["id", "owner_id", "current_id", "formal_check"])
ENTRIES = Read(
    Submission,
    joins={"round": ["stamp"], "owner": PERSON, "lead": ["ags", "label", "kind"]},
    order="created_at DESC",
)
RIVALS = Read(Submission, ["id", "round_id", "status", "submitted_lead_id"], by="submitted_lead_id")
VERSIONS = Read(Version, joins={"submitted_by": PERSON})
HISTORY = Read(Version, ["id", "submission_id", "number", "submitted_at"], by="submission_id", order="number DESC")
RECEIPTS = Read(Receipt, ["id", "version_id", "rendered_at", "size"], by="version_id")
VARIANTS = Read(Variant, ["id", "submission_id", "key", "user_id"], by="submission_id")
EDITORS = Read(
    Editor,
    ["id", "submission_id", "user_id", "email", "role"],
    by="submission_id",
    joins={"user": PERSON},
    order="id",
)
ANSWERS = Read(Answer, ["id", "submission_id", "question_id", "text"], by="submission_id")
PARTNERS = Read(
    Partner,
    ["id", "submission_id", "municipality_id", "name", "kind", "country"],
    by="submission_id",
    joins={"municipality": ["ags", "label"]},
    order="id",
)
FILES = Read(
    Attachment,
    ["id", "submission_id", "kind", "name", "mimetype", "size", "sha256", "alt", "rights", "scan", "removed_at"],
    by="submission_id",
    order="uploaded_at, id",
)
SECTIONS = Read(
    Section,
    ["id", "submission_id", "key", "revision", "saved_at", "saved_by_id"],
    by="submission_id",
    joins={"saved_by": PERSON},
)
WORKPLACES = Read(
    Membership,
    ["id", "user_id", "municipality_id", "status"],
    by="user_id",
    joins={"municipality": ["ags", "label"]},
    order="created_at DESC",
)


def locked(pk: UUID) -> Submission:
    """Lock an entry until the running transaction ends, then return it like `entry`. Raises DoesNotExist.

    The row is locked first and read afterwards: in one statement with its joins, PostgreSQL would show somebody who
    had to wait the new row beside the related rows as they were before.
    """
    found = locked_all([pk])
    if not found:
        raise Submission.DoesNotExist
    return found[0]


def locked_all(keys: Keys) -> list[Submission]:
    """Lock those of several entries that exist, like `locked`, in as many queries as one."""
    return entries([row.pk for row in LOCK.rows(keys)])


def entry(pk: UUID) -> Submission | None:
    """Return an entry with its round, category, owner, lead, colleagues and the version that counts, or None."""
    return next(iter(entries([pk])), None)


def outline(pk: UUID) -> Submission | None:
    """Return no more of an entry than whose it is, which version counts and what was decided about it, or None."""
    return OUTLINE.one(pk)


def rivals(entry: Submission) -> list[Submission]:
    """Return the other submitted entries of the round with the same lead, an outline of each."""
    if entry.lead_id is None:
        return []
    found = RIVALS.rows([entry.lead_id])
    status = Submission.Status.SUBMITTED
    return [row for row in found if row.status == status and row.round_id == entry.round_id and row.pk != entry.pk]


def entries(keys: Keys) -> list[Submission]:
    """Return several entries like `entry`, the newest first, in at most three queries."""
    found = ENTRIES.rows(keys)
    colleagues = editors(keys)
    current = {version.pk: version for version in VERSIONS.rows(row.current_id for row in found if row.current_id)}
    for row in found:
        rules = rulebook.of(row.round_id, row.round.stamp)
        row.round = rules.round
        if row.category_id and (category := rules.categories.get(row.category_id)):
            row.category = category
        row.colleagues = colleagues.get(row.pk, [])
        if row.current_id:
            row.current = current[row.current_id]
            row.current.submission = row
    return found


def history(entry: Submission) -> list[Version]:
    """Return the versions of an entry, the newest first, each with its receipt and without its content."""
    found = HISTORY.rows([entry.pk])
    receipts = {receipt.version_id: receipt for receipt in RECEIPTS.rows(version.pk for version in found)}
    for version in found:
        version.receipt = receipts[version.pk]
    return found


def variants(entry: Submission, user: User) -> set[str]:
    """Return the keys of the sections with a kept text that waits for this person's decision."""
    return {row.key for row in VARIANTS.rows([entry.pk]) if row.user_id == user.pk}


def editors(keys: Keys) -> Mapping[UUID, list[Editor]]:
    """Return who was invited to each entry, in that order, with their accounts."""
    found: dict[UUID, list[Editor]] = defaultdict(list)
    for row in EDITORS.rows(keys):
        found[row.submission_id].append(row)
    return found


def answers(keys: Keys) -> Mapping[UUID, dict[int, str]]:
    """Return each entry's texts by the primary key of the question."""
    found: dict[UUID, dict[int, str]] = defaultdict(dict)
    for row in ANSWERS.rows(keys):
        found[row.submission_id][row.question_id] = row.text
    return found


def partners(keys: Keys) -> Mapping[UUID, list[Partner]]:
    """Return each entry's partners in their order, with key and label of those in the register."""
    found: dict[UUID, list[Partner]] = defaultdict(list)
    for row in PARTNERS.rows(keys):
        found[row.submission_id].append(row)
    return found


def files(keys: Keys) -> Mapping[UUID, list[Attachment]]:
    """Return each entry's present files in their order, without where they lie and who uploaded them."""
    found: dict[UUID, list[Attachment]] = defaultdict(list)
    for row in FILES.rows(keys):
        if row.removed_at is None:
            found[row.submission_id].append(row)
    return found


def sections(keys: Keys) -> Mapping[UUID, dict[str, Section]]:
    """Return who saved which section of each entry last, and when, by the section's key."""
    found: dict[UUID, dict[str, Section]] = defaultdict(dict)
    for row in SECTIONS.rows(keys):
        found[row.submission_id][row.key] = row
    return found


def workplaces(user: User) -> list[Municipality]:
    """Return the municipalities a person works for, the one named last first, key and label of each."""
    rows = WORKPLACES.rows([user.pk])
    return [row.municipality for row in rows if row.status != Membership.Status.REFUSED]
