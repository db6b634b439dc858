"""Who works inside: people of office and jury, how they log in, show their second factor and fill in forms."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from rehearsal.browser import Browser, Page
from rehearsal.cast import PASSWORD
from rehearsal.forms import Form
from rehearsal.machines import wait
from rehearsal.stage import Stage

DOORS = ("/konto/login/", "/konto/2fa/", "/konto/reauthenticate/")
"""Pages that stand before a guarded one."""
FACTORS = "/konto/2fa/"
CODE_SECONDS = 30
"""Seconds for which a one-time code is good; the portal takes each once."""


@dataclass
class Insider:
    """A person with a browser, an account and, once it is set up, an authenticator app."""

    name: str
    email: str
    browser: Browser
    secret: str = ""
    used: int = 0
    """The step of time whose code was shown last."""

    def get(self, path: str) -> Page:
        """Open a page, through the doors before it where they stand. Raises LookupError for an error page."""
        page = self.browser.get(path)
        if page.path.startswith(DOORS) and not path.startswith(DOORS):
            self.enter(page)
            page = self.browser.get(path)
        return _fine(page)

    def send(self, form: Form) -> Page:
        """Send a form. Raises LookupError for an error page, or where it led to a door."""
        page = self.browser.send(form)
        if page.path.startswith(DOORS):
            raise LookupError(f"{form.action} led to {page.path}")
        return _fine(page)

    def enter(self, page: Page) -> None:
        """Log in and show the second factor, or set it up."""
        if page.path.startswith("/konto/login/"):
            page = self.browser.send(page.form(field="password").fill(login=self.email, password=PASSWORD))
        if page.path == FACTORS:  # none is set up yet, also if an answer seemed to say so
            self.sets_up()
        elif page.path.startswith(DOORS):
            self.browser.send(page.form(field="code").fill(code=self.code()))

    def sets_up(self) -> None:
        """Add an authenticator app; where an answer was lost, the page says that there is one."""
        page = self.browser.get("/konto/2fa/totp/activate/")
        if page.path.startswith("/konto/reauthenticate/"):
            self.browser.send(page.form(field="password").fill(password=PASSWORD))
            page = self.browser.get("/konto/2fa/totp/activate/")
        secret = page.body.partition('class="lp-secret">')[2].partition("<")[0]
        if secret:
            self.secret = secret
            page = self.browser.send(page.form(field="code").fill(code=self.code()))
        if "lp-secret" in page.body:
            raise LookupError(f"the code was not taken: {page.title}")

    def code(self) -> str:
        """Return what the app shows; waits for the next one where this was shown before."""

        def step() -> int:
            now = int(time.time()) // CODE_SECONDS
            return now if now > self.used else 0

        self.used = wait(step, "the app shows another code")
        return str(format_hotp_value(hotp_value(self.secret, self.used)))


def answer(person: Insider, path: str, *buttons: str, **values: str | Sequence[str]) -> Page:
    """Go through a page of the admin that asks once more: fill in `values`, and press one button after the other."""
    page = person.get(path)
    for place, button in enumerate(buttons):
        form = page.form(button=button)
        page = person.send((form if place else form.set(values)).press(button))
    return page


def once(stage: Stage, what: str, done: Callable[[], bool], does: Callable[[], object]) -> None:
    """Do what is not done yet, until it is: an answer that got lost may have been a success."""

    def step() -> None:
        if not done():
            does()
            if not done():
                raise LookupError(f"{what}: it is not done")

    stage.persist(what, step)


def _fine(page: Page) -> Page:
    if page.status == 404:
        raise LookupError(f"{page.status} {page.path}: {page.title}")
    return page.sound()
