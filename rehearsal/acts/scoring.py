"""The jury at home: declarations, recusals before and after a look, drafts, sheets, reopened ones, a dossier.

Leaves in `props`: "biased" (who surely is), "tied" (categories in which two entries are alike on purpose → numbers).
Notes in the ledger: "recused" (who=address, about=entry), "scored" (who=key of the seat, about=entry, points).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

import pikepdf

from rehearsal.acts import prying, seating
from rehearsal.browser import NoAnswer, Page
from rehearsal.field import ENTRY, Case, admitted
from rehearsal.forms import Form
from rehearsal.insiders import Insider
from rehearsal.ledger import RECUSED, SCORED, now
from rehearsal.stage import GaveUp, Stage

NUMBER = re.compile(r"/jury/einreichungen/([A-Z]+-\d+-\d+)/")
BIASED, REGRETTED, DRAFTED, REOPENED, CAREFUL = 0.015, 0.015, 0.05, 0.03, 0.1
"""Of all sheets: recused from before or after they were final, first saved as a draft, opened again, and read page by
page instead of in many tabs."""
REMARK = "Vermerk von Sitz {}, nur für ihn"
"""What a juror writes on each sheet: nobody else reads it before the Session."""
REASON, TEXT = "amt", "Ich gehöre dem Rat einer der beteiligten Kommunen an."


def play(stage: Stage) -> None:
    opens = stage.round.scoring_opens_at
    assert opens
    stage.at(opens + timedelta(days=1, hours=2))
    field = stage.persist("know the field", lambda: admitted(stage))
    if not field:
        raise GaveUp("no entry takes part: the story needs more municipalities")
    stage.props["tied"] = _alike(stage, field)
    stage.props["biased"] = _surely_biased(stage, field)
    people = seating.jury(stage)
    stage.progress.expect(len(field) * len(people))
    stage.crowd(people, lambda key: _scores_all(stage, key, field))
    _takes_along(stage, field)
    prying.strangers(stage, field)


def _alike(stage: Stage, field: Sequence[Case]) -> dict[str, list[int]]:
    """Choose two entries in each of the first two categories that have two: all five will find them alike."""
    by_category: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(field, key=lambda case: case.town):
        by_category[case.category].append(case)
    many = [key for key in sorted(by_category) if len(by_category[key]) > 1]
    return {key: [case.entry.number or 0 for case in by_category[key][:2]] for key in many[:2]}


def _surely_biased(stage: Stage, field: Sequence[Case]) -> dict[tuple[str, str], float]:
    """Choose who is recused even in a small field, one before and one after a look: seat and town → when."""
    tied = {number for pair in stage.props["tied"].values() for number in pair}
    others = sorted(case.town for case in field if case.entry.number not in tied)
    return {("staedtetag", others[0]): 0.0, ("landkreistag", others[-1]): BIASED} if others else {}


def points(stage: Stage, seat: str, case: Case) -> dict[str, str]:
    """Return what a seat gives: whole points around what the entry is worth, by the field of the sheet.

    In the first tied category both get the same on every criterion, so nothing parts them but a vote; in the second
    both have the same mean, and the first criterion parts them.
    """
    criteria = ("gewinn", "innovation", "zukunft")
    tied: dict[str, list[int]] = stage.props["tied"]
    pair = tied.get(case.category, [])
    if case.entry.number in pair:
        given = [10, 10, 10]
        if case.category != next(iter(tied)):
            given = [10, 9, 10] if case.entry.number == pair[0] else [9, 10, 10]
    else:
        worth = stage.cast.chance("worth", case.town).randint(2, 8)
        chance = stage.cast.chance("points", seat, case.town)
        given = [max(0, min(9, worth + chance.choice((-2, -1, 0, 0, 1, 2)))) for _ in criteria]
    return {f"punkte_{key}": str(value) for key, value in zip(criteria, given, strict=True)}


def standing(stage: Stage) -> dict[tuple[str, str], dict[str, int]]:
    """Return what counts by what the jurors were told: seat and entry (pk) → points by criterion.

    The last word of each counts. A sheet from which its juror was recused later does not count.
    """
    seats = {person.email: key for key, person in seating.jury(stage).items()}
    recused = {(seats[line.who], line.about) for line in stage.ledger.told(RECUSED)}
    last = {(line.who, line.about): line.detail["points"] for line in stage.ledger.told(SCORED)}
    return {
        sheet: {name.removeprefix("punkte_"): int(value) for name, value in given.items()}
        for sheet, given in last.items()
        if sheet not in recused
    }


# A juror at the desk -----------------------------------------------------------------------------------


def _scores_all(stage: Stage, key: str, field: Sequence[Case]) -> None:
    person = seating.jury(stage)[key]
    listed: set[str] = set()
    for category in dict.fromkeys(case.category for case in field):
        path = f"/jury/kategorien/{category}/"
        page = stage.persist("open a category", partial(person.get, path))
        listed |= set(NUMBER.findall(page.body))
    token = stage.persist("open the first entry", lambda: _token(person.get(f"{ENTRY}{min(listed)}/")))
    tied = {number for pair in stage.props["tied"].values() for number in pair}
    for case in _from(field, key):
        if case.label not in listed:
            raise LookupError(f"{key} does not see {case.label}")
        chance = stage.cast.chance("sheet", key, case.town)
        bias = 1 if case.entry.number in tied else stage.props["biased"].get((key, case.town), chance.random())
        if bias < BIASED:
            _recuses(stage, person, case)
            continue
        kind = chance.random()
        given = points(stage, key, case) | {"gesamt": REMARK.format(key)}
        if kind >= DRAFTED + REOPENED + CAREFUL and _quickly(person, case, given, token):
            pass
        else:
            _carefully(stage, person, case, given, draft=kind < DRAFTED, again=DRAFTED <= kind < DRAFTED + REOPENED)
        stage.ledger.note(key, SCORED, str(case.entry.pk), points=points(stage, key, case))
        if bias < BIASED + REGRETTED:
            _recuses(stage, person, case)
        stage.progress.step()


def _token(page: Page) -> str:
    """Return what lets somebody's browser send any form of the portal."""
    return dict(page.form(field="csrfmiddlewaretoken").fields)["csrfmiddlewaretoken"]


def _from(field: Sequence[Case], key: str) -> list[Case]:
    """Each begins somewhere else, so they rarely wait for each other."""
    start = list(seating.JURY).index(key) * len(field) // len(seating.JURY)
    return [*field[start:], *field[:start]]


def _quickly(person: Insider, case: Case, given: dict[str, str], token: str) -> bool:
    """Declare and finalise without looking at the answers; return whether both were taken."""
    page = f"{ENTRY}{case.label}/"
    base = [("csrfmiddlewaretoken", token)]
    declaration = Form(f"{page}befangenheit/", "POST", False, [*base, ("erklaerung", "nein")])
    sheet = Form(page, "POST", False, [*base, ("revision", "0"), *given.items(), ("tat", "abschliessen")])
    try:
        return all(person.browser.send(form, follow=False).status == 302 for form in (declaration, sheet))
    except NoAnswer:
        return False


def _carefully(
    stage: Stage, person: Insider, case: Case, given: dict[str, str], *, draft: bool = False, again: bool = False
) -> None:
    """Go page by page, from wherever the entry stands."""
    if draft:
        half = dict(list(given.items())[:2])  # what lacks may come later
        stage.persist(f"begin {case.label}", lambda: _saves(person, case, half, "Entwurf speichern"))
    stage.persist(f"score {case.label}", lambda: _saves(person, case, given, "Abschließen"))
    if again:
        stage.persist(f"open {case.label} again", lambda: _reopens(person, case))
        stage.persist(f"score {case.label} again", lambda: _saves(person, case, given, "Abschließen"))


def _saves(person: Insider, case: Case, given: dict[str, str], button: str) -> None:
    page = _declared(person, case)
    if "Abgeschlossen" in _state(page):
        return
    page = person.send(page.form(field="punkte_gewinn").set(given).press(button))
    if ("Abgeschlossen" if button == "Abschließen" else "Entwurf, gespeichert") not in _state(page):
        raise LookupError(f"{page.status} {case.label} is not saved: {_state(page)}")


def _declared(person: Insider, case: Case) -> Page:
    """Open the entry; where the declaration stands before it, state not to be biased."""
    page = person.get(f"{ENTRY}{case.label}/")
    if page.path.endswith("/befangenheit/"):
        page = person.send(page.form(field="erklaerung").set({"erklaerung": "nein"}))
    return page


def _reopens(person: Insider, case: Case) -> None:
    page = _declared(person, case)
    if "Abgeschlossen" in _state(page):
        person.send(page.form(button="Wieder öffnen"))


def _state(page: Page) -> str:
    return page.body.partition('class="lp-sheet__state"')[2].partition(">")[2].partition("<")[0]


def _recuses(stage: Stage, person: Insider, case: Case) -> None:
    path = f"{ENTRY}{case.label}/befangenheit/"

    def step() -> datetime:
        page, since = person.browser.get(path), now()
        if page.status == 404:  # an answer was lost: it is done
            return since
        form = page.form(field="grund")
        values = {"grund": form.options["grund"][0][0], "erlaeuterung": TEXT}
        if "erklaerung" in form.names:
            values["erklaerung"] = "ja"
        page = person.send(form.set(values))
        if not page.path.startswith("/jury/kategorien/"):
            raise LookupError(f"{page.status} {page.path}: not recused")
        return since

    since = stage.persist(f"recuse from {case.label}", step)
    stage.ledger.note(person.email, RECUSED, str(case.entry.pk), since=since)
    prying.tries(stage, person.browser, prying.forbidden(case))


# The dossier -------------------------------------------------------------------------------------------


def _takes_along(stage: Stage, field: Sequence[Case]) -> None:
    """Somebody takes the smallest category along as a PDF."""
    sizes = defaultdict(list)
    for case in field:
        sizes[case.category].append(case)
    category = min(sorted(sizes), key=lambda key: len(sizes[key]))
    person = seating.jury(stage)["bank"]
    path = f"/jury/dossier/{category}/"

    def step() -> bytes:
        page = person.get(path)
        if "Dossier laden" in page.body:
            return person.get(f"/jury/dossier/{category}.pdf").content
        if "Dossier erstellen" in page.body:
            person.send(page.form(button="Dossier erstellen"))
        raise LookupError("the dossier is not ready")

    stage.ledger.see(person.email, f"/jury/dossier/{category}.pdf", _outline(stage.persist("take the dossier", step)))


def _outline(content: bytes) -> str:
    """Return the bookmarks of a PDF, which name every entry in it."""
    with pikepdf.open(BytesIO(content)) as file, file.open_outline() as outline:
        return "\n".join(_titles(outline.root))


def _titles(items: Iterable[pikepdf.OutlineItem]) -> Iterator[str]:
    for item in items:
        yield item.title
        yield from _titles(item.children)
