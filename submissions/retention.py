"""What belongs to an entry and how long it is kept: what is deleted, what stays, what the archive gets.

Of an entry that was handed in, the row stays with number, title, lead, category, state and formal check: public or
statistical facts, on which winners and projects rest. It points at an excerpt, version 0, which holds nothing more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet

from accounts import actions as accounts
from landespreis import clock
from landespreis.models import CircularRecipient
from landespreis.records.parts import Document, Fate, Kind, Lot, Scope, Subject, along, stored, stored_chunks
from landespreis.records.retention import mail_lots, mails
from submissions import payload
from submissions.models import (
    Answer,
    Attachment,
    Editor,
    Event,
    Extension,
    Finding,
    HelpAnswer,
    HelpRequest,
    Offer,
    Partner,
    Proposal,
    Receipt,
    Reminder,
    Round,
    Section,
    Submission,
    Variant,
    Version,
)
from submissions.payload import EXCERPT

ENTRIES = ("drafts", "entries")
NO_CATEGORY = "ohne Kategorie"
ABOUT = "submissions:"
"""How the rows of circulars name an entry."""
AT_ONCE = 100
"""Mails that are in memory together."""


def lots(kind: str, subjects: Sequence[str], before: datetime) -> Sequence[Lot]:
    """Return everything of entries, in the order in which the rows point at each other."""
    if kind not in ENTRIES:
        return []
    entries = Submission.objects.filter(pk__in=subjects)
    versions = Version.objects.filter(submission__in=entries, number__gt=EXCERPT)
    receipts = Receipt.objects.filter(version__in=versions).select_related("version")
    addressed = CircularRecipient.objects.filter(about__in=[f"{ABOUT}{subject}" for subject in subjects])
    reduce = Lot("entry", "Einreichungen, anonymisiert", entries, along("pk"), Fate.BLANKED, act=_blank_all)
    drop = Lot("entry", "Einreichungen", entries, along("pk"))

    def own(key: str, label: str, model: type[Model], *, is_kept: bool = False) -> Lot:
        rows = model._default_manager.filter(submission__in=entries)
        return Lot(key, label, rows, along("submission"), is_kept=is_kept)

    return [
        Lot(
            "written", "Empfängerzeilen von Nachrichten", addressed,
            along("about", lambda about: about.removeprefix(ABOUT)),
        ),
        *mail_lots(sorted({*_mails(entries), *_written(addressed)})),
        own("events", "Zeilen im Verlauf", Event, is_kept=True),
        own("extensions", "Fristverlängerungen", Extension, is_kept=True),
        own("findings", "Prüfpunkte", Finding),
        own("proposals", "Vorschläge der formalen Prüfung", Proposal),
        Lot(
            "answered", "Antworten auf Bitten um Hilfe", HelpAnswer.objects.filter(request__submission__in=entries),
            along("request__submission"),
        ),
        own("helped", "Bitten um Hilfe", HelpRequest),
        own("offers", "angebotene Übernahmen", Offer),
        own("reminders", "Erinnerungen", Reminder),
        Lot(
            "receipts", "Eingangsbestätigungen", receipts, along("version__submission"),
            files=lambda row: stored(row.filename, row.file, row.size),
        ),
        *([reduce] if kind == "entries" else []),
        Lot("versions", "Versionen", versions, along("submission"), is_kept=True),
        Lot(
            "files", "Dateien", Attachment.objects.filter(submission__in=entries), along("submission"),
            files=lambda row: stored(row.name, row.file, row.size),
        ),
        own("answers", "Antworten", Answer),
        own("partners", "Partner", Partner),
        own("sections", "Abschnitte", Section),
        own("variants", "zweite Fassungen", Variant),
        own("editors", "Mitwirkende", Editor),
        *([drop] if kind == "drafts" else []),
    ]  # fmt: skip


def _blank_all(keys: Sequence[UUID]) -> None:
    for entry in Submission.objects.select_related("round", "current", "owner").filter(pk__in=keys):
        blank(entry)


def blank(entry: Submission) -> None:
    """Leave of an entry what is public or statistical; its people, contact and texts are gone."""
    nobody = accounts.nobody()
    assert entry.current
    content = excerpt(entry.current.payload, at=clock.now())
    canonical = payload.canonical(content)
    kept = Version.objects.create(
        submission=entry, number=EXCERPT, canonical=canonical, sha256=payload.checksum(canonical),
        submitted_at=entry.current.submitted_at, submitted_by=nobody,
    )  # fmt: skip
    Submission.objects.filter(pk=entry.pk).update(
        current=kept, owner=nobody, title=entry.submitted_title, lead=entry.submitted_lead,
        category=entry.submitted_category, department="", contact_name="", contact_email="", contact_phone="",
        contact_public=False, legal_form="", controlled=None, agreed_on=None, state="", state_since=None, funding="",
        website="", abstract="",
    )  # fmt: skip


def excerpt(content: payload.Payload, *, at: datetime) -> payload.Payload:
    """Return what stays of a version, in the shape every reader of versions expects.

    It keeps the moment at which the entry was submitted; the journals' chain learns from `excerpted_at` that its row
    came later, and that nobody slipped it in.
    """
    return {
        **content,
        "version": EXCERPT,
        "excerpted_at": at.astimezone(UTC).isoformat(),
        "submitted_by": {"name": accounts.NOBODY_NAME, "municipality": ""},
        "replaces": None,
        "department": "",
        "contact": {"name": "", "email": "", "phone": "", "publish": False},
        "partners": [],
        "legal_form": None,
        "municipally_controlled": None,
        "agreed_on": None,
        "state": None,
        "state_since": None,
        "funding": "",
        "website": "",
        "abstract": "",
        "answers": [],
        "files": [],
        # a copy in the directory stands as long as its entry says that it may
        "declarations": {"publication": bool(content["declarations"].get("publication"))},
    }


def documents(kind: str, subject: str) -> Iterator[Document]:
    """Yield an entry for the archive: its versions as they were frozen, receipts, files and journal."""
    if kind not in ENTRIES:
        return
    entry = UUID(subject)
    versions = Version.objects.filter(submission=entry, number__gt=EXCERPT).select_related("receipt")
    for version in versions.order_by("number"):
        name = f"version-{version.number}"
        yield Document(f"{name}.json", f"Version {version.number}, kanonisches JSON", version.canonical)
        if version.receipt.rendered_at:
            content = stored_chunks(version.receipt.file.name)
            yield Document(
                f"{name}-eingangsbestaetigung.pdf", f"Eingangsbestätigung der Version {version.number}", content
            )
    for file in Attachment.objects.filter(submission=entry):
        ending = str(file.file.name).rpartition(".")[2]
        yield Document(f"dateien/{file.pk}.{ending}", file.name, stored_chunks(file.file.name))
    yield Document("verlauf.json", "Verlauf", [_line(event) for event in _events(entry)])
    extensions = Extension.objects.filter(submission=entry).select_related("granted_by").order_by("granted_at")
    if extensions:
        rows = [{"until": _iso(row.until), "reason": row.reason, "by": str(row.granted_by)} for row in extensions]
        yield Document("fristverlaengerungen.json", "Fristverlängerungen", rows)


def shared(kind: str, scope: str) -> Iterator[Document]:
    """Yield the round itself once: what was asked and what the rules were."""
    round = Round.objects.filter(key=scope).first() if kind in (*ENTRIES, "sheets") else None
    if round:
        yield Document("runde.json", "Runde mit Kategorien, Fragen und Kriterien", _round(round))


def figures(kind: str, subjects: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return per category how many entries there were, in which states, from where, and with how many partners."""
    if kind not in (*ENTRIES, "sheets"):
        return {}
    rows = Submission.objects.filter(pk__in=subjects).select_related(
        "category", "submitted_category", "current", "lead"
    )
    groups: dict[str, list[Submission]] = {}
    for row in rows.order_by("pk"):
        category = row.submitted_category or row.category
        groups.setdefault(category.name if category else NO_CATEGORY, []).append(row)
    return {name: _figures(entries) for name, entries in groups.items()}


def _figures(entries: list[Submission]) -> dict[str, Any]:
    told = [entry.current.payload for entry in entries if entry.current]
    partners = [len(one["partners"]) for one in told]
    municipalities = {row["ags"] for one in told for row in (one["lead"], *one["partners"]) if row["ags"]}
    municipalities |= {entry.lead.ags for entry in entries if entry.lead and entry.lead.ags and not entry.current}
    return {
        "entries": len(entries),
        "by_status": dict(sorted(Counter(entry.status for entry in entries).items())),
        "by_check": dict(sorted(Counter(entry.formal_check for entry in entries if entry.current).items())),
        "municipalities": sorted(municipalities),
        "partners": {
            "sum": sum(partners),
            "least": min(partners, default=0),
            "most": max(partners, default=0),
        },
        "versions": Version.objects.filter(submission__in=entries, number__gt=EXCERPT).count(),
    }


def _mails(entries: "QuerySet[Submission]") -> list[tuple[str, int]]:
    """Return the mails to the people of each entry that name it, by its address or its number."""
    written_to: dict[str, set[Submission]] = defaultdict(set)
    people = Editor.objects.select_related("user")
    versions = Version.objects.filter(number__gt=EXCERPT).select_related("receipt")
    whole = entries.select_related("round", "owner").prefetch_related(
        Prefetch("editors", people, to_attr="invited"), Prefetch("versions", versions, to_attr="told")
    )
    for entry in whole:
        for address in _addresses(entry):
            written_to[address].add(entry)
    found = mails().filter(to__in=sorted(written_to)).only("to", "subject", "message", "html_message")
    return [
        (str(entry.pk), mail.pk)
        for mail in found.iterator(AT_ONCE)
        for entry in written_to[", ".join(mail.to)]
        if _names(mail, entry)
    ]


def _written(addressed: "QuerySet[CircularRecipient]") -> Iterator[tuple[str, int]]:
    """Yield the mails by which messages to groups about an entry went, also where they do not name it."""
    for about, pk in addressed.filter(mail__in=mails()).values_list("about", "mail"):
        yield about.removeprefix(ABOUT), pk


def _names(mail: Any, entry: Submission) -> bool:
    if str(entry.pk) in mail.message or str(entry.pk) in mail.html_message:
        return True
    return bool(entry.label) and (entry.label in mail.message or entry.label in mail.subject)


def _addresses(entry: Any) -> set[str]:
    """Return the addresses of owner, editors and contacts, and where receipts went."""
    found = {entry.owner.email, entry.contact_email, *(editor.email for editor in entry.invited)}
    found |= {editor.user.email for editor in entry.invited if editor.user}
    for version in entry.told:
        found |= {version.payload["contact"]["email"], *version.receipt.recipients}
    return {address for given in found if given for address in (given, given.lower())}


def _events(entry: UUID) -> "QuerySet[Event]":
    return Event.objects.filter(submission=entry).select_related("by", "version").order_by("at", "pk")


def _line(event: Event) -> dict[str, Any]:
    return {
        "at": _iso(event.at),
        "verb": event.verb,
        "what": event.get_verb_display(),
        "by": str(event.by) if event.by else "Portal",
        "version": event.version.number if event.version else None,
        "detail": event.detail,
    }


def _round(round: Round) -> dict[str, Any]:
    return {
        "key": round.key,
        "name": round.name,
        "opens_at": _iso(round.opens_at),
        "closes_at": _iso(round.closes_at),
        "ceremony_on": round.ceremony_on,
        "scale": [round.scale_min, round.scale_max],
        "categories": list(round.categories.values("key", "name")),
        "questions": list(round.questions.values("key", "title", "prompt", "max_characters")),
        "criteria": [{"key": row.key, "title": row.title, "weight": str(row.weight)} for row in round.criteria.all()],
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def rounds(moment: str) -> list[Scope]:
    """Return every announced round with the moment from which its period counts."""
    return [Scope(row.key, row.name, getattr(row, moment)) for row in Round.objects.announced().order_by("-opens_at")]


def _drafts(scope: Scope, before: datetime) -> Iterator[Subject]:
    rows = Submission.objects.never_submitted().filter(round__key=scope.key, round__closes_at__lt=before)
    for row in rows.filter(Q(extended_until=None) | Q(extended_until__lt=before)).select_related("lead").order_by("pk"):
        lead = str(row.lead) if row.lead else "ohne Kommune"
        yield Subject(str(row.pk), f"Entwurf {lead}", lead)


def handed_in(scope: Scope) -> Iterator[Subject]:
    """Yield the entries of a round that were handed in and of which more is left than the excerpt."""
    rows = Submission.objects.filter(round__key=scope.key, current__number__gt=EXCERPT)
    for row in rows.select_related("round", "submitted_lead").order_by("number"):
        yield Subject(str(row.pk), f"{row.label} {row.submitted_title}", str(row.submitted_lead))


KINDS = (
    Kind(
        "drafts", "Nie eingereichte Entwürfe",
        "Entwürfe mit Texten, Dateien, Mitwirkenden und Verlauf. Sie werden nicht dem Landesarchiv angeboten.",
        "nach Einreichungsschluss", 6, False, lambda: rounds("closes_at"), _drafts,
    ),
    Kind(
        "entries", "Eingereichte Beiträge",
        "Beiträge mit Versionen, Bestätigungen, Dateien, Verlauf, Mails, Bewertungen und Briefen. Nummer, Titel, "
        "federführende Kommune, Kategorie und Stand bleiben, ebenso Beschlüsse, Niederschriften und Urkunden.",
        "nach Ende der Sperrfrist der Runde", 60, True, lambda: rounds("embargo_until"),
        lambda scope, before: handed_in(scope),
    ),
)  # fmt: skip
