"""Whether a round can be announced: the pages people must be able to read, and the dates they will look for."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.db.models import QuerySet
from django.urls import reverse

from landespreis import wording
from landespreis.clock import BERLIN
from landespreis.readiness import Point, State, judged
from portal.models import Event, FaqEntry, Page
from submissions.models import Round

DUTIES = {"impressum": "Impressum", "datenschutz": "Datenschutzerklärung"}
"""What the law asks for; whoever submits declares to have read the second."""


def points(round: Round, user: PermissionsMixin, now: datetime) -> list[Point]:
    pages = {page.slug: page for page in Page.objects.all()}
    may = user.has_perm("portal.change_page")
    found = [_page(label, pages.get(slug), may=may) for slug, label in DUTIES.items()]
    drafts = [page for slug, page in pages.items() if page.is_placeholder and slug not in DUTIES]
    names = wording.listed([f"„{page}“" for page in sorted(drafts, key=str)])
    more = f"Noch als Platzhalter gekennzeichnet: {names}."
    url = f"{reverse('admin:portal_page_changelist')}?is_placeholder__exact=1" if may else ""
    found.append(judged("Übrige Seiten", more if drafts else "", url, otherwise=State.NOTE))
    number = FaqEntry.objects.public().count()
    told = f"{number} öffentlich. Passen die Antworten zur neuen Runde?" if number else "Es gibt noch keine Antworten."
    faq = reverse("admin:portal_faqentry_changelist") if user.has_perm("portal.view_faqentry") else ""
    found.append(Point(State.NOTE, "Häufige Fragen", told, faq))
    return [*found, *_dates(round, user)]


def _page(label: str, page: Page | None, *, may: bool) -> Point:
    if page is None:
        return Point(State.MISSING, label, "Die Seite fehlt.", reverse("admin:portal_page_add") if may else "")
    url = reverse("admin:portal_page_change", args=[page.pk]) if may else ""
    return judged(label, "Der Text ist noch als Platzhalter gekennzeichnet." if page.is_placeholder else "", url)


def _dates(round: Round, user: PermissionsMixin) -> Iterator[Point]:
    """Events that belong to the dates of the round, as far as they are set; none of them has to be there."""
    url = reverse("admin:portal_event_changelist") if user.has_perm("portal.view_event") else ""
    standing = Event.objects.filter(cancelled_at=None)
    if not round.lacks("ceremony_on"):
        yield judged("Termin der Preisverleihung", _about_ceremony(round, standing), url, otherwise=State.NOTE)
    if not round.lacks("opens_at", "closes_at"):
        number = standing.filter(starts_at__gte=round.opens_at, starts_at__lt=round.closes_at).count()
        lacking = "" if number else "In der Einreichungszeit steht kein Termin, etwa eine Digitale Sprechstunde."
        fine = f"{number} in der Einreichungszeit."
        yield judged("Termine zum Mitmachen", lacking, url, fine=fine, otherwise=State.NOTE)


def _about_ceremony(round: Round, standing: QuerySet[Event]) -> str:
    """Return what the calendar lacks of the ceremony, or how it contradicts the end of the embargo."""
    that_day = [event for event in standing if event.starts_at.astimezone(BERLIN).date() == round.ceremony_on]
    if not that_day:
        return f"Am {wording.day(round.ceremony_on)} steht kein Termin; die Preisverleihung fehlt im Kalender."
    if round.lacks("embargo_until"):
        return ""
    late = [event for event in that_day if event.kind == Event.Kind.CEREMONY and event.ends_at > round.embargo_until]
    return "".join(
        f"„{event.title}“ endet um {wording.clocktime(event.ends_at)} Uhr, die Sperrfrist schon um "
        f"{wording.clocktime(round.embargo_until)} Uhr: Die Preisträger wären vorher öffentlich."
        for event in late[:1]
    )
