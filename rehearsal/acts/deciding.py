"""The meeting of the jury: a Session per category, opened, attended, revised, decided, confirmed twice, with minutes.

Leaves in `props`, each by the key of the category: "chairs" (who presided; nobody if recused there), "winners" (label,
empty for no prize), "ranking" (what the office's page shows once all is decided); and "marks" (the exported points).
Notes in the ledger: "decided" (who=chair's address, about=key of the category, number=label of the winner).
"""

import csv
import re
from datetime import timedelta
from fractions import Fraction
from functools import partial
from io import StringIO

from jury.models import Juror, Session
from rehearsal import tally
from rehearsal.acts import scoring, seating
from rehearsal.browser import Page
from rehearsal.field import Case, admitted
from rehearsal.forms import Form
from rehearsal.insiders import Insider, answer, once
from rehearsal.ledger import DECIDED, OPENED, RECUSED, SCORED
from rehearsal.stage import Stage
from submissions.models import Category

PRINTING = 900
"""Seconds that minutes and certificates may take."""
OTHER, NOBODY = "andere", "kein"
REASONS = "Das Vorhaben trägt, die Partner teilen Kosten und Nutzen gerecht, und andere können es übernehmen."
CONFIRM = "Beschluss als Vorsitz bestätigen"
CHANGE = "Die Nachfrage im Gespräch ist beantwortet."
ROW = re.compile(
    r'<tr><td class="lp-n">([^<]*)</td><th scope="row">(\S+) .*?</th><td class="lp-n"><strong>([^<]*)</strong></td>'
    r'<td class="lp-n">([^<]*)</td>',
    re.DOTALL,
)
"""Rank, number, mean and count of a row on the office's page of points."""


def play(stage: Stage) -> None:
    meets = stage.round.session_at
    assert meets
    stage.at(meets + timedelta(minutes=10))
    field = stage.persist("know the field", lambda: admitted(stage))
    keys = sorted({case.category for case in field})
    stage.progress.expect(len(keys))
    stage.props |= {"winners": {}, "chairs": {}}
    without = next((key for key in reversed(keys) if key not in stage.props["tied"]), "")
    for key in keys:
        _meets(stage, key, [case for case in field if case.category == key], prize=key != without)
        stage.progress.step()
    for key, chair in stage.props["chairs"].items():
        if chair:
            stage.persist(f"the minutes of {key}", partial(_minutes, chair, key), seconds=PRINTING)
    office = seating.office(stage)
    stage.props["ranking"] = {key: _shown(stage, office, key) for key in keys}
    stage.props["marks"] = stage.persist("take the points along", lambda: _exported(office))


def _meets(stage: Stage, key: str, cases: list[Case], *, prize: bool) -> None:
    category = stage.persist("find the category", lambda: Category.objects.get(round=stage.round, key=key))
    page = f"/admin/jury/session/kategorie/{category.pk}/"
    office, people = seating.office(stage), list(seating.jury(stage).values())
    _opens(stage, office, category, page)
    stage.persist("look at points too early", lambda: _peeps(stage, office, f"{page}punkte/"))
    if not prize:
        _revises(stage, people, cases)
    winner = _wins(stage, key, cases) if prize else None
    chair = stage.persist(f"decide {key}", lambda: _records(stage, people, key, winner, cases))
    confirms = [partial(_chair_confirms, stage, chair, key), partial(_office_confirms, stage, category, page)]
    stage.cast.chance("who confirms first", key).shuffle(confirms)
    for confirm in confirms:
        confirm()
    label = winner.label if winner else ""
    stage.props["winners"][key] = label
    stage.ledger.note(chair.email, DECIDED, key, number=label)
    for person in people:
        stage.persist("read what was decided", partial(person.get, f"/jury/sitzung/{key}/"))
    stage.props["chairs"][key] = None if _recusals(stage, chair, cases) else chair


def _opens(stage: Stage, office: Insider, category: Category, page: str) -> None:
    """Open with those who are there; the last one comes late and is noted then."""
    rows = Juror.objects.serving().filter(seat__round=stage.round).order_by("seat__position")
    serving = stage.persist("who serves", lambda: list(rows.values_list("pk", flat=True)))
    present = list(map(str, serving))
    sessions = Session.objects.filter(category=category)
    opens = partial(answer, office, f"{page}eroeffnen/", "Sitzung eröffnen", present=present[:-1])
    stage.ledger.note(office.email, OPENED, category.key)
    once(stage, f"open {category.key}", sessions.exists, opens)
    late = sessions.filter(attendances__juror=serving[-1])
    notes = partial(answer, office, f"{page}anwesenheit/", "Anwesenheit speichern", present=present)
    once(stage, "note who came late", late.exists, notes)


def _peeps(stage: Stage, office: Insider, path: str) -> None:
    """Ask for the points before the decision is locked: what the page says, the ledger keeps."""
    page = office.browser.sound(path)
    stage.ledger.see(office.email, path, page.body)


def _revises(stage: Stage, people: list[Insider], cases: list[Case]) -> None:
    """Somebody who is not recused changes a sheet, with a reason that the minutes will quote."""
    case = min(cases, key=lambda case: case.town)
    person = next((one for one in people if not _recusals(stage, one, [case])), None)
    if person is None:
        return
    key = next(key for key, one in seating.jury(stage).items() if one is person)
    given = scoring.points(stage, key, case) | {"punkte_innovation": "9"}

    def step() -> None:
        page = person.get(f"/jury/sitzung/{case.category}/{case.label}/")
        form = page.form(field="reason")
        if ("punkte_innovation", "9") not in form.fields:
            person.send(form.set({**given, "reason": CHANGE}))
            raise LookupError("look whether it is changed")

    stage.persist("revise a sheet", step)
    stage.ledger.note(key, SCORED, str(case.entry.pk), points=given)


def _wins(stage: Stage, key: str, cases: list[Case]) -> Case:
    """Return who is first by what the jurors were told; where two share the first place, the jury votes."""
    by_pk = {str(case.entry.pk): case for case in cases}
    marks = [
        tally.Mark(entry, key, seat, criterion, Fraction(1), value)
        for (seat, entry), given in scoring.standing(stage).items()
        if entry in by_pk
        for criterion, value in given.items()
    ]
    first = [by_pk[place.entry] for place in tally.places(marks)[key] if place.rank == 1]
    return stage.cast.chance("vote", key).choice(sorted(first, key=lambda case: case.town))


# The decision ------------------------------------------------------------------------------------------


def _records(stage: Stage, people: list[Insider], key: str, winner: Case | None, cases: list[Case]) -> Insider:
    """Let whoever presides record the decision; who that is, the page says by its form."""
    path = f"/jury/sitzung/{key}/"
    for person in people:
        page = person.get(path)
        if CONFIRM in page.body:
            return person
        if 'name="winner"' in page.body and _offers(page, winner):
            page = person.send(_filled(stage, page, people, winner, cases))
            if page.path == path:
                return person
    raise LookupError(f"nobody can record a decision in {key}")


def _offers(page: Page, winner: Case | None) -> bool:
    options = page.form(field="winner").options
    known = {value for name in ("winner", "other") for value, _ in options.get(name, ())}
    return winner is None or winner.label in known


def _filled(stage: Stage, page: Page, people: list[Insider], winner: Case | None, cases: list[Case]) -> Form:
    form = page.form(field="winner")
    voters = _voters(stage, people, winner, cases)
    near = {value for value, _ in form.options["winner"]}
    form.set(
        {"votes_for": str(max(1, voters - 1)), "votes_against": "0", "votes_abstained": "1" if voters > 1 else "0"}
    )
    form.set({"reasons": REASONS, "winner": NOBODY})
    if winner:
        form.set({"laudatio": form.options["laudatio"][-1][0]})
        form.set({"winner": winner.label} if winner.label in near else {"winner": OTHER, "other": winner.label})
    return form


def _voters(stage: Stage, people: list[Insider], winner: Case | None, cases: list[Case]) -> int:
    """Return how many may vote: who is recused from nothing here; where nobody is that, who may see the winner."""
    free = sum(not _recusals(stage, person, cases) for person in people)
    return free or sum(not _recusals(stage, person, [winner] if winner else []) for person in people)


def _recusals(stage: Stage, person: Insider, cases: list[Case]) -> int:
    here = {str(case.entry.pk) for case in cases}
    return sum(line.who == person.email and line.about in here for line in stage.ledger.told(RECUSED))


def _chair_confirms(stage: Stage, chair: Insider, key: str) -> None:
    def step() -> None:
        page = chair.get(f"/jury/sitzung/{key}/")
        if CONFIRM in page.body:
            chair.send(page.form(button=CONFIRM))
            raise LookupError("look whether it is confirmed")

    stage.persist(f"the chair confirms {key}", step)


def _office_confirms(stage: Stage, category: Category, page: str) -> None:
    confirmed = Session.objects.filter(category=category, decision__office__isnull=False)
    confirm = partial(answer, seating.office(stage), f"{page}bestaetigen/", "Beschluss bestätigen")
    once(stage, f"the office confirms {category.key}", confirmed.exists, confirm)


def _minutes(chair: Insider, key: str) -> None:
    """Read the minutes; they are printed with the certificates of every entry of the category."""
    page = chair.get(f"/jury/sitzung/{key}/niederschrift.pdf")
    if not page.content.startswith(b"%PDF-"):
        raise LookupError("the minutes are not printed yet")


# Afterwards, at the office -----------------------------------------------------------------------------


def _shown(stage: Stage, office: Insider, key: str) -> list[tuple[str, str, str, str]]:
    """Return rank, number, mean and count of every row that the page of points shows."""
    category = stage.persist("find the category", lambda: Category.objects.get(round=stage.round, key=key))
    page = stage.persist("see the points", lambda: office.get(f"/admin/jury/session/kategorie/{category.pk}/punkte/"))
    return ROW.findall(page.body)


def _exported(office: Insider) -> list[tally.Mark]:
    """Take the points as a table, as the office would for a check by hand."""
    form = office.get("/admin/exporte/").form(action="/bewertungen.csv")
    rows = csv.DictReader(StringIO(office.send(form).content.decode("utf-8-sig")), delimiter=";")
    return [
        tally.Mark(
            row["number"], row["category"], row["seat"], row["criterion"], Fraction(row["weight"]), int(row["points"])
        )
        for row in rows
    ]
