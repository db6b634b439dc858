"""Ceremony: papers are ready, the publication is ordered, and a reporter looks before the embargo and after.

Notes in the ledger: "published" (about=key of the round) once the public pages name every winner.
"""

from datetime import timedelta
from functools import partial

from jury.models import Letter
from landespreis import clock
from portal.models import Announcement, NewsCategory, Project
from rehearsal.acts import seating
from rehearsal.browser import Browser
from rehearsal.insiders import Insider, answer, once
from rehearsal.ledger import PUBLISHED
from rehearsal.stage import Stage
from submissions.models import Submission

REPORTER = "reporter"
AWARD = "/landespreis/"
PUBLIC = (
    "/", AWARD, "/projekte/", "/projekte/karte/", "/projekte.json", "/projekte.csv", "/projekte/feed/", "/aktuelles/",
    "/aktuelles/feed/", "/suche/?q=Gemeinsam", "/suche/?q=Preis", "/sitemap.xml", "/sitemap/projekte.xml",
    "/sitemap/aktuelles.xml", "/newsletter/", "/termine/", "/termine/kalender.ics", "/downloads/", "/faq/",
)  # fmt: skip
CEREMONY = "/admin/portal/announcement/"
BEFORE = timedelta(seconds=4)
"""How long before the end of the embargo the clock is set."""
SOME = 10
"""So many of the copies that won nothing come out at once."""
PRINTING = 900
"""Seconds that the certificates of all entries may take."""


def play(stage: Stage) -> None:
    renate, reporter = seating.office(stage), stage.watched(REPORTER)
    embargo = stage.round.embargo_until
    _looks(stage, reporter)
    stage.at(embargo - timedelta(days=14))
    _rubric(stage, renate)
    _adopts(stage, renate)
    _words_a_letter(stage, renate)
    stage.persist("certificates and minutes are printed", lambda: _printed(renate), seconds=PRINTING)
    _orders(stage, renate)
    _looks(stage, reporter)
    stage.at(embargo - BEFORE)
    while clock.now() < embargo:
        _looks(stage, reporter)
    stage.persist("the winners come out", lambda: _all_out(stage, reporter))
    stage.ledger.note(REPORTER, PUBLISHED, stage.round.key)
    _looks(stage, reporter)
    _brings_out(stage, renate)


def titles(stage: Stage) -> list[str]:
    """Return the titles of the winners."""
    winners = set(stage.props["winners"].values())
    rows = Submission.objects.admitted().filter(round=stage.round).select_related("round")
    return [entry.submitted_title for entry in rows if entry.label in winners]


# The public --------------------------------------------------------------------------------------------


def _looks(stage: Stage, reporter: Browser) -> None:
    """Open every page on which winners will be; the ledger keeps what stood there."""
    for path in PUBLIC:
        stage.persist("look at a public page", partial(reporter.sound, path))


def _all_out(stage: Stage, reporter: Browser) -> None:
    wanted = titles(stage)
    for path in (AWARD, "/aktuelles/feed/"):
        body = reporter.sound(path).body
        missing = [title for title in wanted if title not in body] if path == AWARD else []
        if missing or "Preisträger" not in body:
            raise LookupError(f"{path} does not name {missing}")


# The office --------------------------------------------------------------------------------------------


def _rubric(stage: Stage, renate: Insider) -> None:
    """Without a category no news can come out."""

    def adds() -> None:
        form = renate.get("/admin/portal/newscategory/add/").form(field="slug")
        renate.send(form.set({"name": "Preisverleihung", "slug": "preisverleihung", "position": "1"}).press("Sichern"))

    once(stage, "a category of news", NewsCategory.objects.exists, adds)


def _adopts(stage: Stage, renate: Insider) -> None:
    """Take all entries with consent over into the directory, page by page; nothing of that is public yet."""
    path = "/admin/portal/project/beitraege/"

    def step() -> None:
        while True:
            page = renate.get(path)
            if 'name="entry"' not in page.body:
                return
            form = page.form(field="entry")
            chosen = [value for value, _ in form.options["entry"]][:SOME]
            asked = renate.send(form.set({"entry": chosen}))
            renate.send(asked.form(field="entry").press("Übernehmen"))

    stage.persist("take entries over", step)


def _words_a_letter(stage: Stage, renate: Insider) -> None:
    """Give the letter to the first winner a word of the office's own."""
    rows = Letter.objects.filter(submission__round=stage.round, kind=Letter.Kind.WINNER).order_by("pk")
    letter = stage.persist("find a letter", rows.first)
    if letter is None:
        return
    subject = "Landespreis: Der Preis in Ihrer Kategorie geht an Sie"

    def writes() -> None:
        form = renate.get(f"/admin/jury/letter/{letter.pk}/change/").form(field="subject")
        renate.send(form.set({"subject": subject}).press("Sichern"))

    once(stage, "word a letter", Letter.objects.filter(pk=letter.pk, subject=subject).exists, writes)


def _printed(renate: Insider) -> None:
    page = renate.get(CEREMONY)
    if "noch erstellt" in page.body:
        raise LookupError("papers are still being printed")


def _orders(stage: Stage, renate: Insider) -> None:
    once(
        stage,
        "order the publication",
        Announcement.objects.filter(round=stage.round, ordered_at__isnull=False).exists,
        lambda: answer(
            renate, f"{CEREMONY}{stage.round.pk}/veroeffentlichen/", "Veröffentlichung vormerken", with_letters="on"
        ),
    )


def _brings_out(stage: Stage, renate: Insider) -> None:
    """Publish some of the copies that won nothing, as the office gets to them."""
    rows = Project.objects.filter(submission__round=stage.round, published_at=None).order_by("submission__number")
    for pk in stage.persist("what is not out", lambda: list(rows.values_list("pk", flat=True)[:SOME])):
        out = Project.objects.filter(pk=pk, published_at__isnull=False)
        path = f"/admin/portal/project/{pk}/veroeffentlichen/jetzt/"
        once(stage, "bring a project out", out.exists, partial(answer, renate, path, "eröffentlichen"))
