"""The reads that every page of an entry and every verb on it begin with, as fixed SQL.

Django composes the SQL of a query anew each time it runs. Over the many columns of an entry that takes several times as
long as running it, and was two thirds of a page. So here, and only here, it is written out: rows of one table by the
keys of their entries, and of the rows they point to what a page names. A column that is not read is loaded by Django
when somebody asks for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from accounts.models import Membership, Municipality, User
from submissions import rulebook
from submissions.models import Answer, Attachment, Editor, Partner, Section, Submission, Version

Row = TypeVar("Row", bound=Model)
Keys = Sequence[UUID]

ENTRIES = """
    SELECT entry.*, round.stamp AS round_stamp,
           owner.name AS owner_name, owner.email AS owner_email, owner.is_active AS owner_is_active,
           lead.ags AS lead_ags, lead.label AS lead_label, lead.kind AS lead_kind
    FROM submissions_submission entry
    JOIN submissions_round round ON round.id = entry.round_id
    JOIN accounts_user owner ON owner.id = entry.owner_id
    LEFT JOIN accounts_municipality lead ON lead.id = entry.lead_id
    WHERE entry.id IN ({keys})
    ORDER BY entry.created_at DESC
"""
OUTLINE = "SELECT id, owner_id, current_id FROM submissions_submission WHERE id IN ({keys})"
VERSIONS = """
    SELECT version.*, submitted_by.name AS submitted_by_name, submitted_by.email AS submitted_by_email
    FROM submissions_submission entry
    JOIN submissions_version version ON version.id = entry.current_id
    JOIN accounts_user submitted_by ON submitted_by.id = version.submitted_by_id
    WHERE entry.id IN ({keys})
"""
EDITORS = """
    SELECT editor.id, editor.submission_id, editor.user_id, editor.email, editor.role,
           person.name AS user_name, person.email AS user_email, person.is_active AS user_is_active
    FROM submissions_editor editor LEFT JOIN accounts_user person ON person.id = editor.user_id
    WHERE editor.submission_id IN ({keys})
    ORDER BY editor.id
"""
ANSWERS = "SELECT id, submission_id, question_id, text FROM submissions_answer WHERE submission_id IN ({keys})"
PARTNERS = """
    SELECT partner.id, partner.submission_id, partner.municipality_id, partner.name, partner.kind, partner.country,
           municipality.ags AS municipality_ags, municipality.label AS municipality_label
    FROM submissions_partner partner LEFT JOIN accounts_municipality municipality
      ON municipality.id = partner.municipality_id
    WHERE partner.submission_id IN ({keys})
    ORDER BY partner.id
"""
FILES = """
    SELECT id, submission_id, kind, name, mimetype, size, sha256, alt, rights, scan
    FROM submissions_attachment
    WHERE submission_id IN ({keys}) AND removed_at IS NULL
    ORDER BY uploaded_at, id
"""
SECTIONS = """
    SELECT section.id, section.submission_id, section.key, section.revision, section.saved_at, section.saved_by_id,
           person.name AS saved_by_name, person.email AS saved_by_email
    FROM submissions_section section JOIN accounts_user person ON person.id = section.saved_by_id
    WHERE section.submission_id IN ({keys})
"""
WORKPLACES = """
    SELECT membership.id, membership.municipality_id, municipality.ags, municipality.label
    FROM accounts_membership membership JOIN accounts_municipality municipality
      ON municipality.id = membership.municipality_id
    WHERE membership.user_id = %s AND membership.status <> %s
    ORDER BY membership.created_at DESC
"""


def entry(pk: UUID) -> Submission | None:
    """Return an entry with its round, category, owner, lead, colleagues and the version that counts, or None."""
    return next(iter(entries([pk])), None)


def outline(pk: UUID) -> Submission | None:
    """Return no more of an entry than whose it is and which version counts, or None."""
    return next(_rows(Submission, OUTLINE, [pk]), None)


def entries(keys: Keys) -> list[Submission]:
    """Return several entries like `entry`, the newest first, in at most three queries."""
    found = list(_rows(Submission, ENTRIES, keys))
    colleagues = editors(keys)
    current = {version.pk: version for version in versions(keys)} if any(row.current_id for row in found) else {}
    for row in found:
        rules = rulebook.of(row.round_id, row.round_stamp)  # type: ignore[attr-defined]
        row.round = rules.round
        if row.category_id and (category := rules.categories.get(row.category_id)):
            row.category = category
        _join(row, "owner", User, "name", "email", "is_active")
        _join(row, "lead", Municipality, "ags", "label", "kind")
        row.colleagues = colleagues[row.pk]
        if row.current_id:
            row.current = current[row.current_id]
            row.current.submission = row
    return found


def versions(keys: Keys) -> list[Version]:
    """Return the versions that count, with who submitted them."""
    found = list(_rows(Version, VERSIONS, keys))
    for row in found:
        _join(row, "submitted_by", User, "name", "email")
    return found


def editors(keys: Keys) -> Mapping[UUID, list[Editor]]:
    """Return who was invited to each entry, in that order, with their accounts."""
    found: dict[UUID, list[Editor]] = defaultdict(list)
    for row in _rows(Editor, EDITORS, keys):
        _join(row, "user", User, "name", "email", "is_active")
        found[row.submission_id].append(row)
    return found


def answers(keys: Keys) -> Mapping[UUID, dict[int, str]]:
    """Return each entry's texts by the primary key of the question."""
    found: dict[UUID, dict[int, str]] = defaultdict(dict)
    for row in _rows(Answer, ANSWERS, keys):
        found[row.submission_id][row.question_id] = row.text
    return found


def partners(keys: Keys) -> Mapping[UUID, list[Partner]]:
    """Return each entry's partners in their order, with key and label of those in the register."""
    found: dict[UUID, list[Partner]] = defaultdict(list)
    for row in _rows(Partner, PARTNERS, keys):
        _join(row, "municipality", Municipality, "ags", "label")
        found[row.submission_id].append(row)
    return found


def files(keys: Keys) -> Mapping[UUID, list[Attachment]]:
    """Return each entry's present files in their order, without where they lie and who uploaded them."""
    found: dict[UUID, list[Attachment]] = defaultdict(list)
    for row in _rows(Attachment, FILES, keys):
        found[row.submission_id].append(row)
    return found


def sections(keys: Keys) -> Mapping[UUID, dict[str, Section]]:
    """Return who saved which section of each entry last, and when, by the section's key."""
    found: dict[UUID, dict[str, Section]] = defaultdict(dict)
    for row in _rows(Section, SECTIONS, keys):
        _join(row, "saved_by", User, "name", "email")
        found[row.submission_id][row.key] = row
    return found


def workplaces(user: User) -> list[Municipality]:
    """Return the municipalities a person works for, the one named last first, key and label of each."""
    names = ["id", "ags", "label"]
    rows = Membership.objects.raw(WORKPLACES, [user.pk, Membership.Status.REFUSED])
    return [Municipality.from_db(row._state.db, names, [row.municipality_id, row.ags, row.label]) for row in rows]  # type: ignore[attr-defined]


def _rows(model: type[Row], sql: str, keys: Keys) -> Iterator[Row]:
    if not keys:
        return iter(())
    field = Submission._meta.get_field("id")
    places = ", ".join(["%s"] * len(keys))
    params = [field.get_db_prep_value(key, connection) for key in keys]
    return iter(model._default_manager.raw(sql.format(keys=places), params))


def _join(row: Any, name: str, model: type[Model], *columns: str) -> None:
    """Give `row` the object that its foreign key `name` points to, of the columns that were read along with it."""
    key = getattr(row, f"{name}_id")
    if key is not None:
        values = {"id": key} | {column: getattr(row, f"{name}_{column}") for column in columns}
        known = [field.attname for field in model._meta.concrete_fields if field.attname in values]
        setattr(row, name, model.from_db(row._state.db, known, [values[column] for column in known]))
