"""What home tells of the directory and offers to its visitors: the newest projects, counted figures, next steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import Municipality
from landespreis import composed, wording
from landespreis.composed import SAMPLE, Question, Values
from portal import picturing
from portal.directory import reading
from portal.directory.reading import Partners
from portal.editions import CATALOGUE
from portal.models import Project, ProjectFacet, ProjectPartner
from portal.remembering import Memory, Numbers
from submissions.models import Partner, Round

SHOWN = 5
"""Projects that home shows."""
NAMED = 5
"""How many of those who take part a row names; the rest is counted."""
TOWNS = (Municipality.Kind.TOWN, Municipality.Kind.INDEPENDENT, Municipality.Kind.COMMUNE)
Phase = Round.Phase


@dataclass(frozen=True)
class Teaser:
    """A project as home shows it: who takes part in words, and the address of its picture if no photo was uploaded."""

    project: Project
    people: str
    picture: str


def newest(now: datetime) -> list[SafeString]:
    """Return the teasers of the projects that came out last; the first is a big one."""
    latest = "WHERE own.published_at <= %s ORDER BY own.published_at DESC, own.id DESC LIMIT %s"
    found = reading.whole(latest, [composed.adapted(now), SHOWN])
    return [_teaser(*one, is_first=place == 0) for place, one in enumerate(found)]


@lru_cache(maxsize=50)
def _teaser(row: Values, partners: Partners, *, is_first: bool) -> SafeString:
    """Return the teaser of a project. It hangs on nothing but these values: with others it is another one."""
    project = reading.made(row, partners)
    teaser = Teaser(project, _people(project), "" if project.picture else picturing.address(project))
    return render_to_string("portal/_teaser.html", {"teaser": teaser, "is_first": is_first})


def _people(project: Project) -> str:
    """Return «Hamm, Unna und Kreis Warendorf»: the lead first, then its partners."""
    names = [_short(project.lead.label)] if project.lead else []
    names += [_short(partner.label) + _abroad(partner) for partner in project.partners.all()]
    if len(names) > NAMED + 1:
        names = [*names[:NAMED], f"{len(names) - NAMED} weitere"]
    return wording.listed(names)


def _short(label: str) -> str:
    return label.removeprefix("Stadt ").removeprefix("Gemeinde ")


def _abroad(partner: ProjectPartner) -> str:
    is_named = partner.country not in {Partner.Country.DE, Partner.Country.XX} and "(" not in partner.label
    return f" ({partner.get_country_display()})" if is_named else ""


@dataclass(frozen=True)
class Figures:
    """Counted, never estimated: published projects, towns that lead or join one, projects with a partner elsewhere."""

    projects: int
    taking_part: int
    towns: int
    beyond: int


_FIGURES = Memory[tuple[Figures, datetime | None]](CATALOGUE)


def figures(now: datetime, numbers: Numbers) -> Figures | None:
    """Count the directory in one query, in none while that stays the same; None while it is empty."""
    found, _ = _FIGURES.get(numbers, now, lambda: _figures(now), until=lambda counted: counted[1])
    return found if found.projects else None


@lru_cache(maxsize=10)
def told(figures: Figures, prizes: int) -> SafeString:
    """Return them as home shows them, with the prizes of the round together, in euros."""
    return render_to_string("portal/_home_figures.html", {"figures": figures, "prizes": prizes})


def _figures(now: datetime) -> tuple[Figures, datetime | None]:
    """Return them, and when the next project comes out."""
    [(*counted, following)] = COUNTED.rows(now)
    return Figures(*counted), following


def _counted(now: datetime) -> QuerySet[Any, Any]:
    published = Project.objects.published(now).order_by()
    elsewhere = ProjectPartner.objects.filter(~Q(country=Partner.Country.DE) | Q(kind=Partner.Kind.OUTSIDE))
    joined = ProjectFacet.objects.filter(
        kind=ProjectFacet.Kind.MUNICIPALITY, value=OuterRef("ags"), project__published_at__lte=now
    )
    following = Project.objects.filter(published_at__gt=now).order_by("published_at").values("published_at")[:1]
    whole = Municipality.objects.filter(kind__in=TOWNS).order_by().annotate(of=Value("", CharField())).values("of")
    return whole.annotate(
        out=Max(_amount(published)),
        joining=Count("pk", filter=Exists(joined)),
        whole=Count("pk"),
        abroad=Max(_amount(published.filter(Exists(elsewhere.filter(project=OuterRef("pk")))))),
        following=Max(Subquery(following)),
    ).values_list("out", "joining", "whole", "abroad", "following")


COUNTED = Question(_counted, SAMPLE)


def _amount(rows: QuerySet[Any]) -> Subquery:
    """Return the number of `rows` as a value within another query."""
    return Subquery(rows.annotate(amount=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("amount"))


@dataclass(frozen=True)
class Way:
    """What a visitor of one kind does next: a sentence, and links of which the first matters most."""

    key: str
    who: str
    text: str
    links: Sequence[tuple[str, str]]


def ways(phase: Round.Phase | None, *, has_winners: bool) -> list[Way]:
    """Return the next step for a municipality, for somebody with a project of their own, and for a reader."""
    projects, events = ("Projekte ansehen", reverse("portal:projects")), ("Termine", reverse("portal:events"))
    return [
        _municipality(phase, has_winners=has_winners),
        Way(
            "projekt",
            "Sie haben ein eigenes Projekt",
            "Auch ohne Wettbewerb gehört es ins Verzeichnis. Andere Kommunen suchen dort nach Vorbildern und Partnern.",
            [("Projekt vorschlagen", reverse("portal:proposals"))],
        ),
        Way(
            "lesen",
            "Sie suchen Anregungen",
            "Lesen Sie, wie andere es lösen, fragen Sie bei einem Termin nach oder abonnieren Sie den Newsletter.",
            [projects, events, ("Newsletter", reverse("portal:newsletters"))],
        ),
    ]


def _municipality(phase: Round.Phase | None, *, has_winners: bool) -> Way:
    award, entries = reverse("portal:award"), reverse("submissions:index")
    text, links = {
        None: (
            "Die nächste Runde ist noch nicht angekündigt. Die Bedingungen bleiben.",
            [("Bedingungen lesen", award)],
        ),
        Phase.ANNOUNCED: (
            "Legen Sie Ihr Konto schon jetzt an. Schreiben können Sie, sobald die Einreichung beginnt.",
            [("Konto anlegen", reverse("account_signup")), ("Bedingungen lesen", award)],
        ),
        Phase.OPEN: (
            "Eine Kommune reicht für alle Partner ein. Unterbrechen geht immer, ändern bis zum Ende der Frist.",
            [("Beitrag einreichen", reverse("submissions:start")), ("Entwurf weiterschreiben", entries)],
        ),
        Phase.REVIEW: (
            "Die Einreichung ist beendet. Den Stand Ihres Beitrags sehen Sie nach dem Anmelden.",
            [("Stand meines Beitrags", entries), ("Ablauf", f"{award}#ablauf")],
        ),
        Phase.DECIDED: (
            "Die Jury hat entschieden. Wer gewonnen hat, erfahren alle bei der Preisverleihung.",
            [("Stand meines Beitrags", entries), ("Ablauf", f"{award}#ablauf")],
        ),
        Phase.PUBLISHED: (
            "Der Preis ist verliehen. Vieles lässt sich übernehmen; fragen Sie bei den Kommunen nach.",
            [("Preisträger ansehen", f"{award}#preistraeger" if has_winners else award), ("Meine Beiträge", entries)],
        ),
    }[phase]
    return Way("kommune", "Sie arbeiten in einer Kommune", text, links)
