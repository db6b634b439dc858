"""The public pages: home, the award and its conditions, and the pages that still wait for their content."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from landespreis import clock
from portal.course import Standing, course, upcoming, weighted
from submissions.models import Round

PAGES = {
    "impressum": "Impressum",
    "datenschutz": "Datenschutz",
    "barrierefreiheit": "Erklärung zur Barrierefreiheit",
    "barriere-melden": "Barriere melden",
    "leichte-sprache": "Leichte Sprache",
    "gebaerdensprache": "Gebärdensprache",
    "kontakt": "Kontakt",
}
"""Slug and title of the pages every visitor can reach; their text is in templates/portal/page/."""

SOON = {
    "projekte": ("Projekte", "Hier finden Sie bald die Projekte, die Kommunen gemeinsam umgesetzt haben."),
    "aktuelles": ("Aktuelles", "Hier lesen Sie bald die Meldungen rund um den Landespreis."),
    "termine": ("Termine", "Hier stehen bald Sprechstunden, Austausch und die Preisverleihung."),
    "faq": ("Fragen und Antworten", "Hier beantwortet die Geschäftsstelle bald häufige Fragen."),
    "suche": ("Suche", "Hier durchsuchen Sie bald Projekte, Meldungen und Termine."),
}
"""Title and lead of the pages whose content is still being made."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", _about(Round.objects.current()))


@require_safe
def award(request: HttpRequest) -> HttpResponse:
    round_ = Round.objects.current()
    criteria = list(round_.criteria.all()) if round_ else []
    shares = weighted(criteria)
    equal = not any(share for _, share in shares)
    return render(request, "portal/award.html", _about(round_) | {"criteria": shares, "has_equal_weights": equal})


@require_safe
def soon(request: HttpRequest, key: str) -> HttpResponse:
    title, lead = SOON[key]
    return render(request, "portal/soon.html", {"title": title, "lead": lead})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in PAGES:
        raise Http404
    return render(request, f"portal/page/{slug}.html", {"title": PAGES[slug]})


def _about(round_: Round | None) -> dict[str, object]:
    """Return what home and award page say about the round; all of it works without one."""
    if round_ is None:
        return {"round": None, "categories": [], "standing": None, "course": [], "upcoming": []}
    now = clock.now()
    steps = course(round_, now)
    return {
        "round": round_,
        "categories": list(round_.categories.all()),
        "standing": Standing.of(round_, now),
        "course": steps,
        "upcoming": upcoming(steps),
    }
