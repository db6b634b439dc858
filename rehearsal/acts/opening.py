"""Before the opening: the public looks around and asks the office, some want the newsletter, one begins too early.

Notes in the ledger: "asked" (who=address, about=words of the message), "subscribed".
"""

from functools import partial
from uuid import UUID

from rehearsal import ledger
from rehearsal.applicant import LIST_PAGE, START_PAGE, Applicant, everybody
from rehearsal.browser import Browser, Page
from rehearsal.cast import Town
from rehearsal.forms import Form
from rehearsal.stage import Stage

READERS, READER = 3, "Leserin"
LOOKED_AT = ("/", "/landespreis/", "/projekte/", "/projekte/karte/", "/termine/", "/newsletter/", "/faq/")
ASK, CONFIRM = "/newsletter/anmelden/", "/newsletter/bestaetigen/"
MAIL_SECONDS = 60
CONTACT, SENT = "/kontakt/", "/kontakt/danke/"
QUESTION = "Dürfen auch Kreise mitmachen? Das fragt {}."
NOT_OPEN = "Die Einreichung ist noch nicht eröffnet"


def play(stage: Stage) -> None:
    """Leave subscribers, and one account that was too early."""
    subscribers = [town for town in stage.cast.towns if town.subscribes]
    stage.progress.expect(READERS + len(subscribers) + 1)
    stage.crowd(range(READERS), lambda number: _read(stage, f"{READER} {number}"))
    stage.crowd(subscribers, lambda town: _subscribe(stage, town))
    stage.crowd(stage.cast.leading[:1], lambda town: _begin_too_early(everybody(stage)[town.email]))


def _read(stage: Stage, name: str) -> None:
    browser = stage.browser(name)
    for path in LOOKED_AT:
        page = stage.persist(f"{name}: {path}", partial(_looked_at, browser, path))
        stage.ledger.see(name, path, page.body)
    _ask(stage, browser, name)
    browser.close()


def _ask(stage: Stage, browser: Browser, name: str) -> None:
    """Write to the office by the contact form; the same form sent again is the same message."""
    who, words = f"{name.lower().replace(' ', '')}@lesen.example", QUESTION.format(name)
    form = stage.persist(f"{name}: contact", lambda: _looked_at(browser, CONTACT).form(field="message"))
    form.fill(name=name, email=who, subject="Wer darf mitmachen?", message=words)

    def step() -> None:
        page = browser.send(form)
        if page.status != 200 or page.path != SENT:
            raise LookupError(f"not sent: {page.status} {page.path}: {page.title}")

    stage.persist(f"{name}: ask the office", step)
    stage.ledger.note(who, ledger.ASKED, words)


def _looked_at(browser: Browser, path: str) -> Page:
    page = browser.get(path)
    if page.status != 200:
        raise LookupError(f"{page.status} {path}: {page.title}")
    return page


def _subscribe(stage: Stage, town: Town) -> None:
    """Ask for the newsletter and follow the link of the mail; whoever gets none asks again."""
    browser = stage.browser(town.email)
    mail = stage.installation.mail

    def step() -> None:
        letter = mail.wait_for(town.email, CONFIRM, seconds=0)
        if letter is None:
            form = _looked_at(browser, ASK).form(field="email")
            page = browser.send(form.fill(email=town.email))
            if page.first_status != 302:
                raise LookupError(f"{page.status} {page.path}: {page.title}")
            letter = mail.wait_for(town.email, CONFIRM, seconds=MAIL_SECONDS)
        if letter is None:
            raise LookupError(f"no mail came for {town.email}")
        page = browser.get(letter.link(CONFIRM))
        if page.status == 404:  # the press before had been done
            return
        page = browser.send(page.form(button="bestätigen"))
        if page.first_status != 302:
            raise LookupError(f"{page.status} {page.path}: {page.title}")

    stage.persist(f"{town.email}: subscribe", step)
    stage.ledger.note(town.email, ledger.SUBSCRIBED)
    browser.close()


def _begin_too_early(person: Applicant) -> None:
    """Send what the page of the start will send once the window is open."""
    key = UUID(int=person.stage.cast.chance("early", person.ags).getrandbits(128), version=4)

    def step() -> None:
        if NOT_OPEN not in person.open(START_PAGE).body:
            raise LookupError("the page of the start does not say that it is too early")
        token = person.open("/konto/").form(field="csrfmiddlewaretoken").fields[0]
        page = person.send(Form(START_PAGE, "POST", multipart=False, fields=[token, ("schluessel", str(key))]))
        if page.status != 409 or NOT_OPEN not in page.body:
            raise LookupError(f"not refused: {page.status} {page.path}: {page.title}")
        if str(key) in person.open(LIST_PAGE).body:
            raise LookupError("an entry was begun before the opening")

    person.arrive()
    person.do("begin too early", step)
    person.stage.ledger.note(person.email, ledger.REFUSED, START_PAGE)
