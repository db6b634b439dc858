"""Somebody at a browser: gets around in the portal, and looks at every page as the rules for all pages ask."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

PATIENCE = 30_000
"""Milliseconds; walks also run on machines that are busy."""
AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = Path(settings.BASE_DIR) / "docs" / "screenshots"
COLOURS = 256
Theme = Literal["light", "dark"]
TALLEST = 1900
"""Pixels; what lies below is cut off in the pictures for the docs."""
APART = 8
"""Pixels at least between the crumbs and what tells of errors."""
PLACE = "(element) => element.offsetTop"
LOOK = """() => ({
    apart: document.querySelector(".lp-crumbs ~ main .lp-errors")?.getBoundingClientRect().top
        - document.querySelector(".lp-crumbs")?.getBoundingClientRect().bottom,
    lang: document.documentElement.lang, title: document.title.trim(), headings: document.querySelectorAll("h1").length,
    surplus: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""
OF_THEME = ["color-contrast"]
"""All that another theme can break: it is the same page in other colours."""
AXE_RUN = """async (rules) => {
    const options = {runOnly: rules, resultTypes: ["violations"], preload: false};
    const told = (node) => node.target.join(" ") + ": " + node.failureSummary.split("\\n").pop();
    return (await axe.run(document, options)).violations.map((found) => [found.id, found.nodes.slice(0, 4).map(told)]);
}"""


class Visitor:
    """One browser window. `complaints` gathers what no page may do; `check` fails on it.

    `scripts` says whether the window runs JavaScript at all, `pictures` in which folder its pictures are kept,
    `themes` in which axe looks at every page, the window's own first.
    """

    def __init__(self, context: BrowserContext, home: str, *, scripts: bool, themes: tuple[Theme, ...]) -> None:
        self.context = context
        self.home = home
        self.scripts = scripts
        self.themes = themes
        self.pictures = PICTURES
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        self.status = 0
        self.seen: list[str] = []
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page: Page = context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.path}: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    # Getting around -----------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.home}{path}")

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button called `name` (exactly) and wait for the page it leads to."""
        button = (within or self.page.locator("main")).get_by_role("button", name=name, exact=True)
        with self.page.expect_navigation():
            button.click()

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow the link called `name` (exactly, unless a pattern); the first of several."""
        link = (within or self.page.locator("main")).get_by_role("link", name=name, exact=True).first
        with self.page.expect_navigation():
            link.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def log_in(self, email: str, password: str) -> None:
        self.go("/konto/login/")
        self.write("E-Mail-Adresse", email)
        self.write("Passwort", password)
        self.press("Anmelden")

    def reads(self, text: str) -> None:
        """Wait until the page says `text`."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    @contextmanager
    def keeping_still(self, locator: Locator) -> Iterator[None]:
        """Fail if what happens meanwhile moves `locator` on the page: whoever presses it just then misses it."""
        before = locator.evaluate(PLACE)
        yield
        assert locator.evaluate(PLACE) == before, f"{self.path}: {locator} moved"

    @contextmanager
    def narrowed(self, width: int = 360) -> Iterator[None]:
        """Make the window as narrow as a telephone for a moment."""
        size = self.page.viewport_size
        assert size
        self.page.set_viewport_size({"width": width, "height": 740})
        yield
        self.page.set_viewport_size(size)

    # Looking ------------------------------------------------------------------------------------------

    def meet(self, heading: str, *, status: int = 200, picture: str = "") -> None:
        """Say that this page should be here, and look whether it keeps the rules for all pages."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        found = self.page.evaluate(LOOK)
        where = f"{self.path} ({heading})"
        self.seen.append(where)
        expected = {"lang": "de", "headings": 1}
        if any(found[name] != value for name, value in expected.items()) or not found["title"]:
            self.complaints.append(f"{where}: {found}")
        if found["surplus"] > 0:
            self.complaints.append(f"{where}: {found['surplus']} px wider than the window")
        if found["apart"] < APART:
            self.complaints.append(f"{where}: what tells of errors sticks to the crumbs")
        if self.status != status:
            self.complaints.append(f"{where}: answered {self.status}, not {status}")
        with self._scripts_allowed():
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            for theme in reversed(self.themes):
                self.page.emulate_media(color_scheme=theme)
                found = self.page.evaluate(AXE_RUN, RULES if theme == self.themes[0] else OF_THEME)
                self.complaints += [f"{where}, {theme}: axe {rule}: {nodes}" for rule, nodes in found]
        self._photograph(picture, heading)

    def check(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)

    @contextmanager
    def forgiving(self, text: str) -> Iterator[None]:
        """Let the console say `text`: what a script reports that answered an error as it should."""
        self.forgiven.append(text)
        yield
        self.forgiven.remove(text)

    @contextmanager
    def _scripts_allowed(self) -> Iterator[None]:
        """Let axe wait and promise on a page that was loaded without JavaScript; the page stays as it is."""
        if self.scripts:
            yield
            return
        session = self.context.new_cdp_session(self.page)
        for disabled in (True, False):  # a session only lifts what it has set itself
            session.send("Emulation.setScriptExecutionDisabled", {"value": disabled})
        yield
        session.send("Emulation.setScriptExecutionDisabled", {"value": True})
        session.detach()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or message.text.startswith("Failed to load resource"):
            return
        if not any(text in message.text for text in self.forgiven):
            self.complaints.append(f"{self.path}: {message.text} {message.location}")

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob"} and f"{url.scheme}://{url.netloc}" != self.home:
            self.complaints.append(f"{self.path}: asks {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400 and response.request.resource_type not in {"fetch", "xhr"}:
            self.complaints.append(f"{self.path}: {response.url} answered {response.status}")

    # Pictures -----------------------------------------------------------------------------------------

    def _photograph(self, picture: str, heading: str) -> None:
        """With SCREENSHOTS=1 write the walk's pictures for the docs; with a folder, one of every page met."""
        wish = os.environ.get("SCREENSHOTS", "")
        if wish == "1" and picture:
            self._write(self.pictures / f"{picture}.png", TALLEST)
        elif wish and wish != "1":
            size: Any = self.page.viewport_size
            name = "".join(letter if letter.isalnum() else "-" for letter in f"{self.path}-{heading}")[-90:]
            number = len(list(Path(wish).glob("*.png")))
            self._write(Path(wish) / f"{number:03}-{size['width']}{name}.png", 6000)

    def _write(self, file: Path, tallest: int) -> None:
        with self._scripts_allowed():
            self.page.evaluate("async () => { window.scrollTo(0, 0); await document.fonts.ready; }")
        shot = self.page.screenshot(full_page=True, animations="disabled", caret="initial")
        with Image.open(BytesIO(shot)) as image:
            cut = image.convert("RGB").crop((0, 0, image.width, min(image.height, tallest)))
            cut.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
