"""Whom the office can write to about entries, by the state of the entry; of a draft staff learn no title.

Each group reads its entries with the same number of queries for one and for many.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Exists, OuterRef, Prefetch

from accounts.models import Membership, User
from landespreis import clock, composed_rows, wording
from landespreis.audiences import Audience, Kind, Param, Params, Recipient
from landespreis.circulars.placeholders import Placeholder
from submissions import checks, draft
from submissions.models import Category, Editor, Event, Round, Submission
from submissions.models.entry import SubmissionQuerySet

PART = "Einreichungen"
REASON = "Sie erhalten diese Nachricht, weil Sie im Portal des Landespreises an einer Einreichung mitwirken."
TITLE = "(Titel des Entwurfs)"
SHARED = (
    Placeholder("kategorie", "die Kategorie"),
    Placeholder("kommune", "die federführende Kommune"),
    Placeholder("frist", "bis wann eingereicht werden kann, mit Uhrzeit"),
    Placeholder("restzeit", "wie lange das noch ist, sonst „keine Zeit mehr“"),
)
DRAFT = Kind(
    "entwurf",
    "Entwürfe",
    REASON,
    (Placeholder("titel", "der Titel; Sie selbst sehen ihn nicht", TITLE), *SHARED),
)
ENTRY = Kind(
    "einreichung",
    "Einreichungen",
    REASON,
    (Placeholder("nummer", "zum Beispiel IKZ-2026-0001"), Placeholder("titel", "der Titel"), *SHARED),
)
KINDS = (DRAFT, ENTRY)
SUBJECT = Submission
OWNER, SUBMITTERS, EVERYBODY = "inhaber", "einreichen", "alle"
WHO = Param(
    "wer",
    "Wer bekommt sie",
    (
        (OWNER, "nur verantwortliche Personen"),
        (SUBMITTERS, "auch Mitwirkende, die einreichen dürfen"),
        (EVERYBODY, "auch alle anderen Mitwirkenden"),
    ),
)
ROLES = {OWNER: (), SUBMITTERS: (Editor.Role.SUBMIT,), EVERYBODY: tuple(Editor.Role)}
Status, Check = Submission.Status, Submission.Check
Rows = Callable[[SubmissionQuerySet], SubmissionQuerySet]


def audiences(user: PermissionsMixin) -> Iterable[Audience]:
    """Offer the groups of the rounds that are announced, the current one first."""
    if not user.has_perm("submissions.view_submission"):
        return
    rounds = list(Round.objects.announced().order_by("-opens_at"))
    if not rounds:
        return
    params = _params(rounds)

    def group(key: str, label: str, what: str, kind: Kind, rows: Rows, *, ready: bool = False) -> Audience:
        return Audience(key, label, what, kind, partial(_recipients, rows, kind, ready), params)

    yield group("entwuerfe", "Entwürfe", "begonnen und noch nie eingereicht", DRAFT, SubmissionQuerySet.never_submitted)
    yield group(
        "entwuerfe-vollstaendig", "Vollständige Entwürfe", "alle Angaben sind da, nur eingereicht ist noch nicht",
        DRAFT, SubmissionQuerySet.never_submitted, ready=True,
    )  # fmt: skip
    yield group(
        "zugehoerigkeit-offen", "Einreichungen und Entwürfe ohne bestätigte Zugehörigkeit",
        "die Geschäftsstelle hat noch nicht bestätigt, dass die Person für die federführende Kommune arbeitet",
        DRAFT, _unconfirmed,
    )  # fmt: skip
    yield group(
        "eingereicht", "Eingereichte", "alles, was eingereicht ist, gleich wie die Prüfung steht", ENTRY,
        lambda rows: rows.filter(status=Status.SUBMITTED),
    )  # fmt: skip
    for key, label, what, check in (
        ("zugelassen", "Zugelassene", "die formale Prüfung ist bestanden", Check.ADMITTED),
        ("ausgeschlossen", "Ausgeschlossene", "die formale Prüfung hat sie ausgeschlossen", Check.EXCLUDED),
        ("zurueckgegeben", "Zur Korrektur Zurückgegebene", "die Korrektur steht noch aus", Check.RETURNED),
    ):
        yield group(key, label, what, ENTRY, partial(_checked, check))
    yield group(
        "zurueckgezogen", "Zurückgezogene", "nehmen auf eigenen Wunsch nicht mehr teil", ENTRY,
        lambda rows: rows.filter(status=Status.WITHDRAWN),
    )  # fmt: skip


def written(subjects: Mapping[str, str], *, by_id: int | None, at: datetime) -> None:
    """Write into the journals of entries that a message was written about them."""
    composed_rows.insert(
        [
            Event(submission_id=UUID(key), at=at, by_id=by_id, verb=Event.Verb.WRITTEN_TO, detail={"subject": subject})
            for key, subject in subjects.items()
        ]
    )


def _params(rounds: list[Round]) -> tuple[Param, ...]:
    categories = Category.objects.filter(round__in=rounds).order_by("-round__opens_at", "position")
    names = {row.key: row.name for row in reversed(categories)}
    return (
        Param("runde", "Runde", [(row.key, row.name) for row in rounds]),
        Param("kategorie", "Kategorie", [("", "alle Kategorien"), *reversed(names.items())]),
        WHO,
    )


def _checked(check: Submission.Check, rows: SubmissionQuerySet) -> SubmissionQuerySet:
    return rows.filter(status=Status.SUBMITTED, formal_check=check)


def _unconfirmed(rows: SubmissionQuerySet) -> SubmissionQuerySet:
    confirmed = Membership.objects.filter(
        user=OuterRef("owner"), municipality=OuterRef("lead"), status=Membership.Status.CONFIRMED
    )
    return rows.filter(~Exists(confirmed), lead__isnull=False).exclude(status=Status.WITHDRAWN)


def _recipients(rows: Rows, kind: Kind, ready: bool, params: Params) -> Iterator[Recipient]:
    """Yield owner and, where wished, editors of each entry; with `ready` only of those that lack nothing."""
    now, roles = clock.now(), ROLES.get(params.get("wer", OWNER), ())
    people = Editor.objects.filter(user__isnull=False, role__in=roles).select_related("user")
    found = rows(Submission.objects.filter(round__key=params.get("runde", ""))).select_related(
        "round", "owner", "lead", "category", "submitted_lead", "submitted_category"
    )
    if category := params.get("kategorie"):
        column = "submitted_category__key" if kind is ENTRY else "category__key"
        found = found.filter(**{column: category})
    entries = list(found.prefetch_related(Prefetch("editors", people, to_attr="told")).order_by("number", "created_at"))
    if ready:
        drafts = draft.load_all(entries, saves=False)
        entries = [entry for entry in entries if not checks.problems(drafts[entry.pk], now)]
    for entry in entries:
        values = _values(entry, kind, now)
        for person in (entry.owner, *(editor.user for editor in entry.told)):  # type: ignore[attr-defined]
            if person.is_active:
                yield _recipient(entry, person, values)


def _recipient(entry: Submission, person: User, values: Mapping[str, str]) -> Recipient:
    lead = entry.submitted_lead or entry.lead
    label = entry.label or (f"Entwurf, {lead}" if lead else "Entwurf ohne Kommune")
    return Recipient(person.email, person.name, values, f"submissions:{entry.pk}", label, person.pk)


def _values(entry: Submission, kind: Kind, now: datetime) -> dict[str, str]:
    """What was handed in counts for entries, what is written for drafts."""
    lead, category = entry.submitted_lead or entry.lead, entry.submitted_category or entry.category
    values = {
        "titel": entry.submitted_title or entry.heading,
        "kategorie": category.name if category else "noch keine Kategorie",
        "kommune": lead.label if lead else "noch keine Kommune",
        "frist": wording.deadline(entry.deadline),
        "restzeit": wording.remaining(entry.deadline - now) or "keine Zeit mehr",
        "link": entry.get_absolute_url(),
    }
    return values | ({"nummer": entry.label} if kind is ENTRY else {})
