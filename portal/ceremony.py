"""The ceremony of a round for those who prepare it: what is decided, what is missing, and the news as a draft.

All of it is confidential before the embargo ends; pages of the public take winners from `portal/winners.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from jury import letter as words_of
from jury.models import Decision, Letter, Paper
from landespreis import wording
from landespreis.clock import BERLIN
from portal import entries, manuscript, permissions
from portal.models import Announcement, Event, NewsCategory, Project
from submissions import sheet
from submissions.models import Category, Round, Submission

Kind = Paper.Kind
NOBODY: dict[str, Any] = {"lead": {"label": ""}, "partners": []}


@dataclass(frozen=True)
class Words:
    """What the news says: `lead` plain, `body` marked text."""

    title: str
    lead: str
    body: str


@dataclass(frozen=True)
class Award:
    """A category on the day of the ceremony. Winner, partners and letter are there once the decision is locked."""

    category: Category
    entries: int
    decision: Decision | None
    winner: Submission | None
    lead: str
    partners: tuple[str, ...]
    project: Project | None
    objection: str
    """Why the directory may not show the winner; empty when it may."""
    minutes: Paper | None
    certificate: Paper | None
    letter: Letter | None
    letter_changed: bool
    owed: int
    """How many certificates of the category are not rendered yet."""

    @property
    def is_open(self) -> bool:
        """Whether the jury still has to decide; a category without entries has nothing to decide."""
        return self.decision is None and self.entries > 0


@dataclass(frozen=True)
class Lack:
    """What is missing before the ceremony, and where to do it."""

    text: str
    url: str
    blocks: bool = False
    """Whether nothing can be published without it."""


def awards(round: Round) -> list[Award]:
    """Return every category in its order; the number of queries does not grow with categories or entries."""
    admitted = Q(entries__status=Submission.Status.SUBMITTED, entries__formal_check=Submission.Check.ADMITTED)
    categories = Category.objects.filter(round=round).annotate(count=Count("entries", filter=admitted))
    decided = {row.session.category_id: row for row in decisions(round)}
    papers = list(Paper.objects.filter(category__round=round).exclude(kind=Kind.DOSSIER))
    letters = {row.submission_id: row for row in Letter.objects.filter(submission__round=round)}
    return [
        _award(row, row.count, decided.get(row.pk), [paper for paper in papers if paper.category_id == row.pk], letters)
        for row in categories.order_by("position")
    ]


def decisions(round: Round) -> QuerySet[Decision]:
    """Return the locked decisions of a round with what is told of their winners."""
    rows = Decision.objects.filter(session__category__round=round, locked_at__isnull=False)
    return rows.select_related(
        "session__category__round", "laudatio", "winner__round", "winner__current", "winner__submitted_lead",
        "winner__project",
    ).order_by("session__category__position")  # fmt: skip


def undecided(round: Round) -> list[Category]:
    """Return the categories that the jury has not decided yet, with entries that it judges or may come to judge."""
    standing = Submission.objects.admitted() | Submission.objects.unchecked()
    judged = standing.filter(submitted_category=OuterRef("pk"))
    locked = Decision.objects.filter(session__category=OuterRef("pk"), locked_at__isnull=False)
    return list(Category.objects.filter(Exists(judged), ~Exists(locked), round=round).order_by("position"))


def lacks(round: Round, rows: Sequence[Award], announcement: Announcement | None, now: datetime) -> Iterator[Lack]:
    """Yield what is missing before the ceremony, the most important first."""
    papers, letters = reverse("admin:jury_paper_changelist"), reverse("admin:jury_letter_changelist")
    unchecked = {category.pk for category in undecided(round)} - {award.category.pk for award in rows if award.is_open}
    for award in rows:
        url = reverse("admin:jury_session_category", args=[award.category.pk])
        if award.category.pk in unchecked:
            yield Lack(
                f"{award.category.short_name}: formal noch nicht geprüft", reverse("admin:submissions_queue"), True
            )
        if award.is_open:
            yield Lack(f"{award.category.short_name}: noch nicht entschieden", url, blocks=True)
        if award.decision and not (award.minutes and award.minutes.rendered_at):
            yield Lack(f"{award.category.short_name}: Die Niederschrift wird noch erstellt", papers)
        if award.owed:
            one = "Eine Urkunde wird" if award.owed == 1 else f"{award.owed} Urkunden werden"
            yield Lack(f"{award.category.short_name}: {one} noch erstellt", papers)
        if award.letter and not award.letter_changed and not award.letter.released_at:
            said = "Der Brief an die Preisträger ist noch so, wie das Portal ihn vorschlägt"
            yield Lack(f"{award.category.short_name}: {said}", _page("jury_letter_change", award.letter.pk))
        if award.winner and award.objection:
            yield Lack(f"{award.category.short_name}: {award.objection} Das Verzeichnis zeigt ihn nicht.", letters)
    if announcement and is_orphaned(announcement):
        said = f"{announcement.ordered_by} hat vorgemerkt und darf es nicht mehr: Jemand anderes muss neu vormerken"
        yield Lack(said, reverse("admin:portal_announce", args=[round.pk]), blocks=True)
    if not NewsCategory.objects.exists():
        said = "Es gibt noch keine Rubrik, in der die Meldung erscheinen kann"
        yield Lack(said, reverse("admin:portal_newscategory_add"), blocks=True)
    if not _has_date(round):
        said = f"Kein öffentlicher Termin „Preisverleihung“ am {wording.day(round.ceremony_on)}"
        yield Lack(said, reverse("admin:portal_event_changelist"))
    if round.embargo_until.astimezone(BERLIN).date() < round.ceremony_on:
        said = "Die Sperrfrist endet vor dem Tag der Preisverleihung"
        yield Lack(said, _page("submissions_round_change", round.pk))
    if now < round.embargo_until and not (announcement and announcement.is_waiting) and not undecided(round):
        said = "Die Veröffentlichung der Preisträger ist noch nicht vorgemerkt"
        yield Lack(said, reverse("admin:portal_announce", args=[round.pk]))


def is_orphaned(announcement: Announcement) -> bool:
    """Whether nothing will be public when the embargo ends: whoever ordered it may not any more."""
    by = announcement.ordered_by
    return announcement.is_waiting and by is not None and not permissions.may_announce(by)


def is_unfinished(announcement: Announcement) -> bool:
    """Whether what stood in the way of a publication still does: afterwards people do by hand what it left out."""
    if not announcement.error or announcement.published_at is None:
        return bool(announcement.error)
    letters = Letter.objects.filter(submission__round=announcement.round_id, released_at=None)
    if announcement.with_letters and letters.exists():
        return True
    winners = [row.winner for row in decisions(announcement.round) if row.winner]
    projects = [getattr(winner, "project", None) for winner in winners if not entries.objection(winner)]
    return any(project is None or project.published_at is None for project in projects)


def draft(round: Round, rows: Sequence[Award]) -> Words:
    """Return the news as the portal would write it."""
    winners, day = sum(award.winner is not None for award in rows), wording.day(round.ceremony_on)
    if not winners:
        said = "In keiner Kategorie ist ein Preis vergeben."
    elif winners == 1:
        said = f"Ein Projekt hat den Landespreis erhalten. Der Preis wurde am {day} übergeben."
    else:
        said = f"{wording.counted(winners).capitalize()} Projekte haben den Landespreis erhalten. "
        said += f"Die Preise wurden am {day} übergeben."
    lead = f"Die Jury hat entschieden: {said}"
    parts = [f"Je Kategorie gibt es einen Preis; er ist mit {wording.number(round.prize)} Euro dotiert."]
    parts += [_told(award) for award in rows if award.decision]
    parts.append("Alle Preisträger stehen auch auf der Seite [Landespreis](/landespreis/).")
    return Words(f"{entries.edition(round)}: Die Preisträger stehen fest", lead, "\n\n".join(parts))


def _told(award: Award) -> str:
    heading = f"## {manuscript.escaped(award.category.name)}"
    if award.winner is None:
        return f"{heading}\n\nIn dieser Kategorie hat die Jury keinen Preis vergeben."
    title, lead = manuscript.escaped(award.winner.submitted_title), manuscript.escaped(award.lead)
    partners = manuscript.escaped(wording.listed(award.partners))
    together = f"{lead}, gemeinsam mit {partners}" if partners else lead
    return f"{heading}\n\n### {title}\n\n{together}"


def _award(
    category: Category, count: int, decision: Decision | None, papers: Sequence[Paper], letters: Mapping[UUID, Letter]
) -> Award:
    winner = decision.winner if decision else None
    told: dict[str, Any] = winner.current.payload if winner and winner.current else NOBODY
    letter = letters.get(winner.pk) if winner else None
    certificates = [paper for paper in papers if paper.kind == Kind.CERTIFICATE]
    return Award(
        category=category,
        entries=count,
        decision=decision,
        winner=winner,
        lead=told["lead"]["label"],
        partners=tuple(sheet.partner(row) for row in told["partners"]),
        project=getattr(winner, "project", None),
        objection=entries.objection(winner) if winner else "",
        minutes=next((paper for paper in papers if paper.kind == Kind.MINUTES), None),
        certificate=next((paper for paper in certificates if winner and paper.submission_id == winner.pk), None),
        letter=letter,
        letter_changed=_is_changed(letter, winner, decision),
        owed=sum(paper.rendered_at is None for paper in certificates),
    )


def _is_changed(letter: Letter | None, winner: Submission | None, decision: Decision | None) -> bool:
    if letter is None or winner is None or decision is None:
        return False
    proposed = words_of.draft(winner, decision)
    return (letter.subject, letter.text) != (proposed.subject, proposed.text)


def _has_date(round: Round) -> bool:
    dates = Event.objects.filter(kind=Event.Kind.CEREMONY).values_list("starts_at", flat=True)
    return any(date.astimezone(BERLIN).date() == round.ceremony_on for date in dates)


def _page(name: str, pk: object) -> str:
    return reverse(f"admin:{name}", args=[pk])
