"""The years after: drafts and entries are segregated by two people, with the Landesarchiv between them; a disclosure.

Leaves in `props`: "before_years" (what must stay of each entry), "files_before" (how many files they had), "package"
(checksum of what was taken along, and the noted one), "disclosed" (address and file of who asked).
Notes in the ledger: "segregated".
"""

import hashlib
from datetime import timedelta

from landespreis.clock import BERLIN
from landespreis.models import RetentionRule, RetentionRun
from rehearsal.acts import seating
from rehearsal.browser import Page
from rehearsal.insiders import Insider, answer, once
from rehearsal.ledger import SEGREGATED
from rehearsal.stage import Stage
from submissions.models import Attachment, Submission

RUNS = "/admin/landespreis/retentionrun/"
AFTER_HALF_A_YEAR = timedelta(days=220)
"""After the closing: drafts that nobody handed in are kept for six months."""
PERIOD, BASIS = 12, "Absprache mit dem Landesarchiv vom 4. Mai 2026"
"""Months for which the office has entries kept; as shipped they are sixty, and every day of them would be chained."""
REFERENCE = "LAV NRW 2027/17"
PATIENCE = 900
"""Seconds that packing, or deleting, may take: the package holds every entry."""
Status = RetentionRun.Status


def play(stage: Stage) -> None:
    stage.at(stage.round.closes_at + AFTER_HALF_A_YEAR)
    _discloses(stage)
    _segregates(stage, "drafts", archived=False)
    _agrees_on_a_period(stage)
    embargo = stage.round.embargo_until.astimezone(BERLIN)
    stage.at(embargo.replace(year=embargo.year + 1) + timedelta(days=30))
    stage.props["before_years"] = stage.persist("count the entries", lambda: figures(stage))
    rows = Attachment.objects.filter(submission__round=stage.round)
    stage.props["files_before"] = stage.persist("count their files", rows.count)
    _segregates(stage, "entries", archived=True)
    stage.settle()


def figures(stage: Stage) -> dict[str, object]:
    """Return what must stay of the entries: number, title, lead, category, state and check."""
    rows = Submission.objects.filter(round=stage.round, number__isnull=False).order_by("number")
    columns = ("submitted_title", "submitted_lead", "submitted_category", "status", "formal_check")
    return {str(number): tuple(told) for number, *told in rows.values_list("number", *columns)}


def _agrees_on_a_period(stage: Stage) -> None:
    """Set how long entries are kept, and what that rests on."""
    renate, list_ = seating.office(stage), "/admin/landespreis/retentionrule/"
    stage.persist("see the periods", lambda: renate.get(list_))
    rules = RetentionRule.objects.filter(kind="entries")
    rule = stage.persist("find the period", rules.get)

    def sets() -> None:
        form = renate.get(f"{list_}{rule.pk}/change/").form(field="months")
        renate.send(form.set({"months": str(PERIOD), "note": BASIS}).press("Sichern"))

    once(stage, "set the period", rules.filter(months=PERIOD).exists, sets)


# A run -------------------------------------------------------------------------------------------------


def _segregates(stage: Stage, kind: str, *, archived: bool) -> None:
    renate, jonas = seating.office(stage), seating.second(stage)
    runs = RetentionRun.objects.filter(kind=kind, scope=stage.round.key)
    if not stage.persist("is there anything", lambda: _goes(stage, renate, kind)):
        return
    once(stage, f"propose {kind}", runs.exists, lambda: answer(renate, _preview(stage, kind), "Vorschlagen"))
    run = stage.persist("find the run", runs.get)
    if archived:
        _offers(stage, renate, run)
    taken = list(stage.persist("what goes", lambda: list(run.items.values_list("label", flat=True))))
    released = runs.filter(released_at__isnull=False)
    path = f"{RUNS}{run.pk}/schritt/freigeben/"
    once(stage, f"release {kind}", released.exists, lambda: answer(jonas, path, "Freigeben und löschen"))
    done = runs.filter(status=Status.DONE)

    def finished() -> None:
        if not done.exists():
            raise LookupError("the portal still deletes")

    stage.persist(f"{kind} are gone", finished, seconds=PATIENCE)
    stage.ledger.note(jonas.email, SEGREGATED, kind, entries=[label.split()[0] for label in taken])


def _offers(stage: Stage, renate: Insider, run: RetentionRun) -> None:
    """Wait for the package, take it along, offer it to the Landesarchiv and write its answer down."""
    rows = RetentionRun.objects.filter(pk=run.pk)

    def package() -> Page:
        if rows.filter(status=Status.PROPOSED).exists():
            raise LookupError("the package is being made")
        page = renate.send(renate.get(f"{RUNS}{run.pk}/change/").form(action="/paket.zip"))
        if not page.content.startswith(b"PK"):
            raise LookupError("no package")
        return page

    content = stage.persist("take the package", package, seconds=PATIENCE).content
    noted = stage.persist("its checksum", rows.get).package_sha256
    stage.props["package"] = (hashlib.sha256(content).hexdigest(), noted)
    step = f"{RUNS}{run.pk}/schritt/"
    offers = rows.filter(offered_at__isnull=False)
    once(stage, "offer the package", offers.exists, lambda: answer(renate, f"{step}angebot/", "Festhalten"))
    once(
        stage,
        "write the answer down",
        rows.filter(answered_at__isnull=False).exists,
        lambda: answer(renate, f"{step}antwort/", "Festhalten", reference=REFERENCE),
    )


def _preview(stage: Stage, kind: str) -> str:
    return f"{RUNS}vorschau/{kind}/{stage.round.key}/"


def _goes(stage: Stage, renate: Insider, kind: str) -> bool:
    """Whether the preview offers to propose anything, or it was proposed already."""
    if RetentionRun.objects.filter(kind=kind, scope=stage.round.key).exists():
        return True
    page = renate.get(_preview(stage, kind))
    if page.path != _preview(stage, kind):  # a storage that does not answer leads back to the list
        raise LookupError(f"no preview: {page.path}")
    return 'value="Vorschlagen"' in page.body


# One person --------------------------------------------------------------------------------------------


def _discloses(stage: Stage) -> None:
    """Somebody asks what is stored about them; the office finds them by their name and hands it out."""
    renate = seating.office(stage)
    town = stage.cast.chance("disclosure").choice(stage.cast.leading)

    def step() -> Page:
        page = renate.get("/admin/auskunft/")
        page = renate.send(page.form(field="text").set({"text": town.person}))
        page = renate.send(next(form for form in page.forms if ("wer", town.email) in form.fields))
        return renate.send(page.form(button="Auskunft herunterladen").press("Auskunft herunterladen"))

    page = stage.persist("disclose", step)
    if not page.content.startswith(b"PK"):
        raise LookupError(f"no disclosure, but {page.status} {page.path}")
    stage.props["disclosed"] = (town.email, page.content)
