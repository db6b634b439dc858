"""Who must not see an entry tries to: somebody recused, an applicant, a visitor, a juror in the admin."""

from collections.abc import Iterable, Sequence
from functools import partial

from rehearsal.acts import seating
from rehearsal.browser import Browser
from rehearsal.field import ENTRY, Case
from rehearsal.insiders import Insider
from rehearsal.stage import Stage

VISITOR, APPLICANT = "visitor", "applicant "
"""How the ledger names them; the address of the applicant follows."""


def forbidden(case: Case) -> list[str]:
    """Return addresses under which a recused juror must find nothing."""
    page = f"{ENTRY}{case.label}/"
    return [page, f"{page}befangenheit/", f"/jury/sitzung/{case.category}/{case.label}/"]


def tries(stage: Stage, browser: Browser, paths: Iterable[str]) -> None:
    """Ask for pages that must not be there: what they say all the same, the ledger keeps."""
    for path in paths:
        stage.persist("pry", partial(browser.sound, path))


def strangers(stage: Stage, field: Sequence[Case]) -> None:
    """An applicant, a visitor and somebody of the office try addresses of the jury; they are no jurors."""
    field = sorted(field, key=lambda case: case.town)
    case = stage.cast.chance("stranger").choice(field)
    paths = [*forbidden(case), f"{ENTRY}{case.label}/oeffnen/", f"/jury/kategorien/{case.category}/", "/jury/"]
    paths += [f"/einreichungen/{case.entry.pk}/", f"/admin/submissions/submission/{case.entry.pk}/change/"]
    tries(stage, stage.watched(VISITOR), paths)
    other = next((one for one in field if one.town != case.town), None)
    if other:
        applicant = Insider("Bewerbung", other.town, stage.watched(f"{APPLICANT}{other.town}"))
        stage.persist("an applicant logs in", lambda: applicant.get("/einreichungen/"))
        tries(stage, applicant.browser, paths)
    tries(stage, next(iter(seating.jury(stage).values())).browser, paths[-2:])
