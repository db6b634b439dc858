"""Somebody with an account: signs up with the code from the mail, logs in again where needed, keeps the page open."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from rehearsal import ledger
from rehearsal.browser import NoAnswer, Page
from rehearsal.cast import PASSWORD
from rehearsal.forms import File, Form
from rehearsal.stage import Stage

Found = TypeVar("Found")
CODE_PAGE, LOGIN_PAGE, SIGNUP_PAGE = "/konto/confirm-email/", "/konto/login/", "/konto/signup/"
CODE_SECONDS = 60
"""So long somebody waits for the code, then they log in and get another."""
KNOWN = "Sie haben schon ein Konto"
"""Subject of the mail after a sign-up with an address that is known."""


class Person:
    """One person at one browser. Whatever they do goes through `do`: when it fails they look again and go on."""

    def __init__(self, stage: Stage, *, name: str, email: str, ags: str) -> None:
        self.stage = stage
        self.name, self.email, self.ags = name, email, ags
        self.browser = stage.browser(email)
        self.page: Page | None = None
        """The page that is open, as long as nothing went wrong with it."""
        self.is_inside = False
        self._has_account = False
        """Whether there is an account, as far as they can know: an unanswered sign-up may have made one."""
        self._was_told = False
        self._before = 0
        """How many letters there were when the code was asked for."""

    def do(self, what: str, step: Callable[[], Found]) -> Found:
        """Do a step, again and again, as `Stage.persist`; each time anew from a page that is asked for."""

        def again() -> Found:
            try:
                return step()
            except Exception:
                self.page = None
                raise

        return self.stage.persist(f"{self.email}: {what}", again)

    def arrive(self) -> None:
        """Get an account, or log in, unless they are inside."""
        if not self.is_inside:
            self.do("sign up", self.enter)

    def open(self, path: str) -> Page:
        """Return the page at `path`, the open one where it is that; log in where needed. Raises LookupError."""
        if self.page and self.page.path == path:
            return self.page
        if not self.is_inside:
            self.enter()
        page = self.browser.get(path)
        if page.path.startswith(LOGIN_PAGE):
            self.is_inside = False
            self.enter()
            page = self.browser.get(path)
        if page.status != 200:
            raise LookupError(f"{page.status} {page.path}: {page.title}")
        self.page = page
        return page

    def send(self, form: Form, files: Mapping[str, File] | None = None, *, twice: bool = False) -> Page:
        """Send a form and keep the page it leads to; `twice` = the button was clicked twice."""
        second = threading.Thread(target=self._click_again, args=(form,)) if twice else None
        if second:
            second.start()
        try:
            page = self.browser.send(form, files)
        finally:
            if second:
                second.join()
        self.page = page if page.status == 200 else None
        return page

    def enter(self) -> None:
        """Log in, or sign up where there is no account yet. Raises NoAnswer, LookupError."""
        page = self._log_in() if self._has_account else self._sign_up()
        if page.path.startswith(CODE_PAGE):
            code = self.stage.installation.mail.wait_for_code(self.email, after=self._before, seconds=CODE_SECONDS)
            page = self.browser.send(page.form(field="code").fill(code=code))
        if page.first_status != 302 or page.path.startswith("/konto/"):
            raise LookupError(f"not logged in: {page.status} {page.path}: {page.title}")
        self.is_inside = True
        if not self._was_told:
            self._was_told = True
            self.stage.ledger.note(self.email, ledger.SIGNED_UP)

    def _sign_up(self) -> Page:
        self._before = self._letters()
        page = self.browser.get(SIGNUP_PAGE)
        if not page.path.startswith(SIGNUP_PAGE):
            return page
        form = page.form(field="password1")
        form.fill(name=self.name, email=self.email, password1=PASSWORD)
        form.fill(municipality=self.ags, department="Zentrale Dienste")
        self._has_account = True
        page = self.browser.send(form)
        if page.path.startswith(SIGNUP_PAGE):
            self._has_account = False
        return page

    def _log_in(self) -> Page:
        self._before = self._letters()
        if self._is_known():  # no code comes to this browser: a second sign-up is only told so by mail
            self.browser.cookies.clear()
        page = self.browser.get(LOGIN_PAGE)
        if page.path.startswith(CODE_PAGE):  # still waits for the code of before
            return self._ask_for_another_code(page)
        if not page.path.startswith(LOGIN_PAGE):  # the login before had been done
            return page
        form = page.form(field="password")
        page = self.browser.send(form.fill(login=self.email, password=PASSWORD))
        if page.status in {200, 422} and page.first_status != 302:
            self._has_account = False  # the sign-up without an answer had not been done
        return page

    def _ask_for_another_code(self, page: Page) -> Page:
        """Who has asked so often that no more is sent takes the last one that came."""
        try:
            form = page.form(button="Neuen Code senden").set({"action": "resend"})
        except LookupError:
            self._before = 0
            return page
        return self.browser.send(form)

    def _is_known(self) -> bool:
        """Whether the last mail says that a sign-up had been done, of which no answer came."""
        letters = self.stage.installation.mail.to(self.email)
        return bool(letters) and letters[-1].subject == KNOWN

    def _letters(self) -> int:
        return len(self.stage.installation.mail.to(self.email))

    def _click_again(self, form: Form) -> None:
        twin = self.browser.twin()
        with suppress(NoAnswer):
            twin.send(form)
        twin.close()
