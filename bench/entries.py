"""Complete drafts in bulk, of believable length, and people who are logged in already; all of them invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from itertools import cycle, islice

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import Membership, Municipality, User
from submissions import draft, payload
from submissions.actions.handing_in import REQUIRED_DECLARATIONS
from submissions.models import Answer, Attachment, Editor, Event, Partner, Receipt, Round, Section, Submission, Version
from submissions.sections import of

WORDS = "Die beteiligten Kommunen teilen sich Personal, Technik und Kosten nach einem Schlüssel, der jährlich gilt. "
BEFORE_CLOSE = timedelta(days=7)
UNUSABLE = "!"


@dataclass(frozen=True)
class Extent:
    """How much hangs on each entry."""

    partners: int = 3
    files: int = 3
    editors: int = 1


def open_round() -> Round:
    return Round.objects.get()


def towns() -> list[Municipality]:
    """Return the 427 municipalities and Kreise of the register, those with a key."""
    return list(Municipality.objects.exclude(ags=None))


def invented_towns(start: int, count: int) -> list[Municipality]:
    """Make towns that exist nowhere: there can be more entries here than municipalities."""
    model = towns()[0]
    return Municipality.objects.bulk_create(
        Municipality(
            ags=f"99{n:06d}", name=f"Musterhausen {n}, Stadt", label=f"Stadt Musterhausen {n}", kind="stadt",
            district_ags=model.district_ags, region=model.region, latitude=model.latitude, longitude=model.longitude,
            sort_key=f"musterhausen {n:04d}",
        )
        for n in range(start, start + count)
    )  # fmt: skip


def drafts(
    round: Round, leads: Sequence[Municipality], extent: Extent, *, owner: User | None = None
) -> list[Submission]:
    """Make one complete draft per lead, each of its own owner where none is named."""
    count = len(leads)
    start = User.objects.count()
    owners = [owner] * count if owner else people(count, f"inhaberin{start}")
    colleagues = people(extent.editors, f"mitwirkung{start}")
    at = round.closes_at - BEFORE_CLOSE
    entries = Submission.objects.bulk_create(
        _draft(round, lead, owner) for lead, owner in zip(leads, owners, strict=True)
    )
    Membership.objects.bulk_create(
        (Membership(user=entry.owner, municipality=entry.lead, department=entry.department) for entry in entries),
        ignore_conflicts=True,
    )
    questions = list(round.questions.all())
    Answer.objects.bulk_create(
        Answer(submission=entry, question=question, text=_text(question.max_characters * 4 // 5))
        for entry in entries
        for question in questions
    )
    Section.objects.bulk_create(
        Section(submission=entry, key=spec.key, revision=1, saved_at=at, saved_by=entry.owner)
        for entry in entries
        for spec in of(questions)
    )
    register = towns()
    Partner.objects.bulk_create(
        Partner(submission=entry, municipality=town)
        for place, entry in enumerate(entries)
        for town in _others(register, place, entry, extent.partners)
    )
    Attachment.objects.bulk_create(_file(entry, number) for entry in entries for number in range(extent.files))
    Editor.objects.bulk_create(
        Editor(
            submission=entry,
            user=user,
            email=user.email,
            role="submit",
            invited_by=entry.owner,
            invited_at=at,
            accepted_at=at,
        )
        for entry in entries
        for user in colleagues
    )
    return entries


def hand_in(rows: Sequence[Submission], *, first: int) -> None:
    """Give drafts their number from `first` on, a version of what they say, its receipt and a line of the journal."""
    at = rows[0].round.closes_at - BEFORE_CLOSE
    written = draft.load_all(rows, saves=False)
    for number, row in enumerate(rows, start=first):
        row.number = number
    versions = {
        version.submission_id: version
        for version in Version.objects.bulk_create(_version(row, written[row.pk], at) for row in rows)
    }
    for row in rows:
        row.status, row.current = Submission.Status.SUBMITTED, versions[row.pk]
        row.submitted_lead, row.submitted_title, row.submitted_category = row.lead, row.title, row.category
    fields = ["number", "status", "current", "submitted_lead", "submitted_title", "submitted_category"]
    Submission.objects.bulk_update(rows, fields, batch_size=100)
    Receipt.objects.bulk_create(
        Receipt(version=version, recipients=[version.submitted_by.email], rendered_at=at, file="bench.pdf")
        for version in versions.values()
    )
    Event.objects.bulk_create(
        Event(submission=row, verb=Event.Verb.SUBMITTED, at=at, by=row.owner, version=row.current) for row in rows
    )


def people(count: int, name: str) -> list[User]:
    return User.objects.bulk_create(
        User(email=f"{name}.{number}@kommune.example", name=f"Wiebke Harmsen {number}", password=UNUSABLE)
        for number in range(count)
    )


def log_in(user: User) -> str:
    """Return the key of a session in which that person is logged in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _draft(round: Round, lead: Municipality, owner: User) -> Submission:
    return Submission(
        round=round,
        owner=owner,
        created_at=round.opens_at,
        category=round.categories.all()[0],
        lead=lead,
        title=f"Verbund {lead.name}: gemeinsam planen und bauen",
        department="Fachbereich Planen und Bauen",
        contact_name=owner.name,
        contact_email=owner.email,
        contact_phone="0211 5550 100",
        legal_form=Submission.LegalForm.AGREEMENT,
        agreed_on=date(2023, 3, 14),
        state=Submission.State.RUNNING,
        state_since=date(2023, 5, 1),
        website="https://verbund.example/",
        abstract=_text(round.max_abstract * 4 // 5),
    )


def _version(entry: Submission, written: draft.Draft, at: datetime) -> Version:
    document = payload.build(
        entry,
        payload.content(written),
        number=entry.label,
        version=1,
        at=at,
        by=entry.owner,
        municipality="",
        declarations=dict.fromkeys((*REQUIRED_DECLARATIONS, "publication"), True),
        replaces=None,
    )
    text = payload.canonical(document)
    return Version(
        submission=entry,
        number=1,
        canonical=text,
        sha256=payload.checksum(text),
        submitted_at=at,
        submitted_by=entry.owner,
    )


def _text(length: int) -> str:
    return (WORDS * (length // len(WORDS) + 1))[:length].strip()


def _others(register: list[Municipality], place: int, entry: Submission, count: int) -> list[Municipality]:
    """Return `count` towns other than the lead, those that follow in the register."""
    following = islice(cycle(register), place + 1, None)
    return list(islice((town for town in following if town.pk != entry.lead_id), count))


def _file(entry: Submission, number: int) -> Attachment:
    """A row only: no part reads the bytes of an attachment."""
    kind = Attachment.Kind.IMAGE if number % 3 == 1 else Attachment.Kind.ANNEX
    name = f"anlage-{number}.{'jpg' if kind == Attachment.Kind.IMAGE else 'pdf'}"
    return Attachment(
        submission=entry,
        kind=kind,
        name=name,
        file=f"einreichungen/{entry.pk}/{name}",
        mimetype="image/jpeg" if kind == Attachment.Kind.IMAGE else "application/pdf",
        size=412_000,
        sha256=sha256(name.encode()).hexdigest(),
        alt="Ein Pegelmast an einem Bach." if kind == Attachment.Kind.IMAGE else "",
        rights="Stadt Musterhausen" if kind == Attachment.Kind.IMAGE else "",
        scan=Attachment.Scan.CLEAN,
        uploaded_at=entry.created_at,
        uploaded_by=entry.owner,
    )
