"""From the opening to the last day: sign-up, municipality, draft, colleagues, files; the early ones hand in."""

from io import BytesIO

from PIL import Image

from landespreis.demo import papers
from rehearsal.acts import colleagues
from rehearsal.applicant import Applicant, everybody
from rehearsal.cast import Finish, Town
from rehearsal.forms import File
from rehearsal.stage import Stage
from submissions.models import Submission

QUESTIONS = ("beschreibung", "gewinn", "innovation", "zukunft", "uebertragbarkeit", "langfristigkeit")
"""Addresses of the texts, as the navigation of every section shows them."""
FORMS = (Submission.LegalForm.AGREEMENT, Submission.LegalForm.ZWECKVERBAND, Submission.LegalForm.WORKING_GROUP)
SENTENCE = "Die Kommunen teilen sich Personal, Technik und Kosten nach einem Schlüssel, der jährlich gilt. "
ASK_FOR_HELP, LEAVE_GAPS = 0.05, 0.5
SOON = 0.6
"""Of those who hand in early, how many do it with the first draft; the others do it between two reminders."""


def play(stage: Stage) -> None:
    """Leave everybody logged in at their browsers, and those who lead with a draft."""
    stage.at(stage.round.opens_at + stage.round_length * 0.1)
    names = stage.persist("know the categories", lambda: dict(stage.round.categories.values_list("key", "name")))
    people = everybody(stage)
    stage.progress.expect(len(people))

    def one(town: Town) -> None:
        person = people[town.email]
        person.arrive()
        if town.leads:
            _write(stage, person, names[town.category])

    stage.crowd(stage.cast.towns, one)


def people(stage: Stage, *finishes: Finish) -> list[Applicant]:
    """Return those who lead an entry and hand it in at one of these times."""
    return [everybody(stage)[town.email] for town in stage.cast.leading if town.finish in finishes]


def is_soon(stage: Stage, town: Town) -> bool:
    """Whether somebody early hands in at once."""
    return stage.cast.chance("soon", town.ags).random() < SOON


def _write(stage: Stage, person: Applicant, category: str) -> None:
    town, chance = person.town, stage.cast.chance("draft", person.town.ags)
    person.begin()
    person.write_title(category)
    person.write("kommune", contact_phone="0211 5550 100")
    person.add_partners(town.partners)
    person.write("rechtsform", legal_form=chance.choice(FORMS).value, agreed_on="2023-03-14", state="umsetzung")
    texts = ["kurzbeschreibung", *QUESTIONS]
    if town.finish == Finish.NEVER and chance.random() < LEAVE_GAPS:
        texts = texts[: chance.randrange(len(texts))]
    for key in texts:
        name = "abstract" if key == "kurzbeschreibung" else "text"
        person.write(key, **{name: f"{town.title}. {SENTENCE * chance.randint(1, 6)}".strip()})
    for number in range(town.files):
        person.upload(*_file(town, number))
    if town.colleague:
        colleagues.work_together(stage, person)
    if chance.random() < ASK_FOR_HELP:
        person.ask_for_help()
    if town.finish == Finish.EARLY and is_soon(stage, town):
        person.hand_in()


def _file(town: Town, number: int) -> tuple[str, File]:
    """Return the kind and the content of a town's file: minutes first, then a picture."""
    if number == 0:
        content = papers.sheet("Auszug aus der Niederschrift", f"Der Rat stimmt zu. {town.title}, {town.ags}.")
        return "bestaetigung", File(f"niederschrift-{town.ags}.pdf", content)
    out = BytesIO()
    shade = int(town.ags) % 200
    form = "PNG" if shade % 2 else "JPEG"
    Image.new("RGB", (80, 60), (shade, 120, 200 - shade)).save(out, form)
    return "bild", File(f"standort-{town.ags}.{'png' if form == 'PNG' else 'jpg'}", out.getvalue())
