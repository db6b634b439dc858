"""The office writes: two issues of the newsletter, between which people leave in both ways, and a circular to a group.

Notes in the ledger: "issued", "unsubscribed" (who=address), "written".
"""

import re
from contextlib import suppress

from landespreis.models import Circular
from portal.models import Delivery, Newsletter
from rehearsal.acts import seating
from rehearsal.browser import Page
from rehearsal.forms import Form
from rehearsal.insiders import Insider, answer, once
from rehearsal.ledger import ISSUED, SUBSCRIBED, UNSUBSCRIBED, WRITTEN
from rehearsal.mailbox import Letter
from rehearsal.stage import GaveUp, Stage

ISSUES = ("Die Preisträger stehen fest", "Was aus den Projekten wird")
BODY = "Alle Projekte stehen jetzt im Verzeichnis. Lesen Sie, was andere Kommunen gemeinsam erreichen."
LEAVE = "/newsletter/abmelden/"
ONE_CLICK, BY_PAGE = 0.1, 0.1
"""Of all subscribers, who leaves by the button of the mail program and who by the link in the mail."""
GROUP, SUBJECT = "zugelassen", "Danke für Ihre Einreichung"
TEXT = "{anrede},\n\ndanke für „{titel}“. Mehr steht hier: {link}"
SENDING = 120
"""Seconds after which nobody waits for an issue any more: a mail server that put mails off gets them minutes later."""
PROMISE = re.compile(r"(Eine|\d+) Mails? verschicken")
STATUS = Delivery.Status


def play(stage: Stage) -> None:
    renate = seating.office(stage)
    _issue(stage, renate, ISSUES[0])
    _leave(stage)
    _issue(stage, renate, ISSUES[1])
    _writes_to_a_group(stage, renate)


def arrived(stage: Stage, subject: str) -> list[Letter]:
    """Return the mails of an issue, as they came in."""
    letters = list(stage.installation.mail.letters)
    return [letter for letter in letters if "list-unsubscribe" in letter.headers and letter.subject.endswith(subject)]


# The newsletter ----------------------------------------------------------------------------------------


def _issue(stage: Stage, renate: Insider, subject: str) -> None:
    issues = Newsletter.objects.filter(subject=subject)
    once(stage, "compose an issue", issues.exists, lambda: _composes(renate, subject))
    pk = stage.persist("find the issue", lambda: issues.values_list("pk", flat=True).get())
    stage.ledger.note(renate.email, ISSUED, subject)
    once(
        stage,
        "release an issue",
        issues.exclude(status=Newsletter.Status.DRAFT).exists,
        lambda: answer(renate, f"/admin/portal/newsletter/{pk}/freigeben/", "Versand freigeben"),
    )
    waiting = Delivery.objects.filter(newsletter=pk, status__in=(STATUS.OWED, STATUS.HANDING), due_at=None)

    def sent() -> None:
        if waiting.exists():
            raise LookupError("mails wait to be sent")

    with suppress(GaveUp):  # somebody looks after it another day
        stage.persist("the issue goes out", sent, seconds=SENDING)


def _composes(renate: Insider, subject: str) -> None:
    form = renate.get("/admin/portal/newsletter/add/").form(field="subject")
    form.set({"subject": subject, "lead": "Guten Tag,", "blocks-0-heading": subject, "blocks-0-body": BODY})
    renate.send(form.press("Sichern"))


def _leave(stage: Stage) -> None:
    """Let some leave: their mail program posts by itself, or they follow the link and press the button."""
    letters = {letter.to: letter for letter in arrived(stage, ISSUES[0])}
    for line in stage.ledger.told(SUBSCRIBED):
        chance = stage.cast.chance("leaves", line.who).random()
        letter = letters.get(line.who)
        if letter and chance < ONE_CLICK + BY_PAGE:
            _leaves(stage, line.who, letter, one_click=chance < ONE_CLICK)


def _leaves(stage: Stage, who: str, letter: Letter, *, one_click: bool) -> None:
    browser = stage.browser(who)
    path = LEAVE + letter.headers["list-unsubscribe"].partition(LEAVE)[2].rstrip(">")

    def step() -> None:
        if one_click:
            page = browser.send(Form(path, "POST", False, [("List-Unsubscribe", "One-Click")]), follow=False)
        else:
            page = browser.get(letter.link(LEAVE))
            page = browser.send(page.form(button="Newsletter abbestellen")) if _asks(page) else page
        if page.status != 200 or "Sie sind abgemeldet" not in page.body:
            raise LookupError(f"{page.status} {page.path}: not unsubscribed")

    stage.persist("leave the newsletter", step)
    stage.ledger.note(who, UNSUBSCRIBED)


def _asks(page: Page) -> bool:
    return 'method="post"' in page.body and "Soll" in page.body


# A circular --------------------------------------------------------------------------------------------


def _writes_to_a_group(stage: Stage, renate: Insider) -> None:
    drafts = Circular.objects.filter(subject=SUBJECT)
    once(stage, "write to a group", drafts.exists, lambda: _drafts(renate))
    pk = stage.persist("find the message", lambda: drafts.values_list("pk", flat=True).get())
    page = stage.persist("see how many it goes to", lambda: renate.get(_release(pk)))
    promised = PROMISE.search(page.body)
    if promised is None:
        raise LookupError(f"the page promises no mails: {page.title}")
    once(
        stage,
        "release the message",
        drafts.exclude(status=Circular.Status.DRAFT).exists,
        lambda: answer(renate, _release(pk), "verschicken"),
    )
    stage.ledger.note(renate.email, WRITTEN, SUBJECT, number=1 if promised[1] == "Eine" else int(promised[1]))
    stage.settle()


def _drafts(renate: Insider) -> None:
    form = renate.get(f"/admin/landespreis/circular/neu/{GROUP}/").form(field="subject")
    renate.send(form.set({"subject": SUBJECT, "text": TEXT}).press("Speichern"))


def _release(pk: int) -> str:
    return f"/admin/landespreis/circular/{pk}/freigeben/"
