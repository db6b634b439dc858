"""A colleague is invited, gets an account, accepts, writes along, and sometimes both save the same section."""

from rehearsal.applicant import Applicant
from rehearsal.person import Person
from rehearsal.stage import Stage

INVITATION = "/einreichungen/einladung/"
SECONDS = 60
BOTH_WRITE = 0.5
"""How often the two save the same text, and one of them has to decide."""


def work_together(stage: Stage, owner: Applicant) -> None:
    """Invite the town's colleague, who writes the text on the gain anew."""
    town = owner.town
    colleague = Person(stage, name=f"Kollegium {town.ags}", email=town.colleague, ags=town.ags)
    link = _invite(stage, owner, colleague)
    _accept(colleague, link)
    text = f"{town.title}: Wir sparen 900 Stunden im Jahr, hat die Kämmerei gerechnet."
    if stage.cast.chance("both write", town.ags).random() < BOTH_WRITE:
        _write_at_once(owner, colleague, text)
    else:
        _write(owner, colleague, text)


def _invite(stage: Stage, owner: Applicant, colleague: Person) -> str:
    """Return where the link of the mail leads; whoever got no answer looks whether the invitation stands there."""
    path = f"{owner.entry}mitwirkende/"

    def step() -> str:
        if colleague.email not in owner.open(path).body:
            form = owner.open(path).form(button="Einladung senden").fill(email=colleague.email, role="edit")
            if owner.send(form).first_status != 302:
                raise LookupError("not invited")
        letter = stage.installation.mail.wait_for(colleague.email, INVITATION, seconds=SECONDS)
        if letter is None:
            raise LookupError(f"no invitation came for {colleague.email}")
        return letter.link(INVITATION)

    return owner.do("invite", step)


def _accept(colleague: Person, link: str) -> None:
    def step() -> None:
        page = colleague.open(link)
        if "Einladung annehmen" in page.body:
            page = colleague.send(page.form(button="Einladung annehmen"))
        if page.status != 200:
            raise LookupError(f"not accepted: {page.status} {page.path}: {page.title}")

    colleague.arrive()
    colleague.do("accept", step)


def _write(owner: Applicant, colleague: Person, text: str) -> None:
    def step() -> None:
        form = colleague.open(f"{owner.entry}gewinn/").form(field="revision")
        if colleague.send(form.fill(text=text)).first_status != 302:
            raise LookupError("not saved")

    colleague.do("write along", step)


def _write_at_once(owner: Applicant, colleague: Person, text: str) -> None:
    """Let both open the text; the owner saves first, and the colleague keeps the own one after comparing."""
    compare = f"{owner.entry}fassungen/gewinn/"

    def step() -> None:
        form = colleague.open(f"{owner.entry}gewinn/").form(field="revision")
        owner.write("gewinn", text=f"{owner.town.title}: Wir sparen Zeit, wie viel, rechnet die Kämmerei.")
        page = colleague.send(form.fill(text=text))
        if page.path == compare:
            page = colleague.send(page.form(field="wahl").fill(wahl="eigene"))
        if page.first_status != 302:
            raise LookupError(f"not decided: {page.status} {page.path}: {page.title}")

    colleague.do("write at the same time", step)
