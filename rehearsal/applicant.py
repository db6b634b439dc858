"""Somebody who writes an entry for their municipality: begins it, fills its sections, attaches files, hands it in."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from rehearsal import ledger
from rehearsal.browser import Page
from rehearsal.cast import Town
from rehearsal.forms import File
from rehearsal.person import Person
from rehearsal.stage import Stage

START_PAGE, LIST_PAGE = "/einreichungen/neu/", "/einreichungen/"
ENTRY = re.compile(r"/einreichungen/[0-9a-f]{8}-[0-9a-f-]{27}/")
UNCHANGED = re.compile(r"Version (\d+) gilt und ist unverändert")
COUNTS = re.compile(r"Eingereicht – Version (\d+) gilt")
SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
PARTNER = re.compile(r'id="partner-\d+"')
FILE_LINK = r'href="([^"]+)" download>{}<'
CLOSED, CLOSED_WORDS = "Die Frist ist abgelaufen", "Die Frist endete am"
WITHDRAWN = "Zurückgezogen – nimmt nicht mehr teil"
DECLARED = {"conditions": "on", "correctness": "on", "bodies": "on", "privacy": "on"}
SUBMIT = "Jetzt verbindlich einreichen"


class Pressed(NamedTuple):
    """What came of handing in: the version's number, or 0 for too late."""

    version: int
    page: Page


class Applicant(Person):
    """The person of a town. `entry` is the address of their entry once they have begun one."""

    def __init__(self, stage: Stage, town: Town) -> None:
        super().__init__(stage, name=town.person, email=town.email, ags=town.ags)
        self.town = town
        self.entry = ""
        self.unseen: list[str] = []
        """Names of files that the portal has not handed out again yet: the scanner was not done with them."""
        self._tried_to_begin = False
        self._told: set[int] = set()

    @property
    def pk(self) -> str:
        return self.entry.removeprefix(LIST_PAGE).strip("/")

    # Writing ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin an entry, once: after an attempt without an answer they look whether it is in their list."""

        def step() -> None:
            if self._tried_to_begin and (found := ENTRY.search(self.open(LIST_PAGE).body)):
                self.entry = found[0]
                return
            form = self.open(START_PAGE).form(field="schluessel")
            self._tried_to_begin = True
            page = self.send(form, twice=self.town.double_clicks)
            if page.first_status != 302 or not (found := ENTRY.match(page.path)):
                raise LookupError(f"no entry begun: {page.status} {page.path}: {page.title}")
            self.entry = found[0]

        self.do("begin", step)

    def write(self, key: str, **values: str) -> None:
        """Save a section; saving the same twice changes nothing."""

        def step() -> None:
            form = self.open(f"{self.entry}{key}/").form(field="revision")
            self._saved(self.send(form.set(values)))

        self.do(f"write {key}", step)

    def write_title(self, category: str) -> None:
        """Choose the category by its name and write the title."""

        def step() -> None:
            form = self.open(f"{self.entry}titel/").form(field="revision")
            self._saved(self.send(form.choose("category", category).fill(title=self.town.title)))

        self.do("write titel", step)

    def add_partners(self, keys: Sequence[str]) -> None:
        """Add partners by their AGS, as far as they do not stand on the page yet."""

        def step() -> None:
            while True:
                page = self.open(f"{self.entry}partner/")
                there = len(PARTNER.findall(page.body))
                if there >= len(keys):
                    return
                self._saved(self.send(page.form(field="partner").fill(partner=keys[there])))

        self.do("add partners", step)

    def upload(self, kind: str, file: File) -> None:
        """Attach a file and describe it, if it is a picture."""
        path = f"{self.entry}dateien/"

        def step() -> None:
            if file.name not in self.open(path).body:
                form = self.open(path).form(field="datei").set({"kind": kind})
                self._saved(self.send(form, {"datei": file}))

        def describe() -> None:
            page = self.open(path)
            if f"Foto zu {self.town.title}" not in page.body:
                form = page.form(action="/angaben/")
                self._saved(self.send(form.fill(alt=f"Foto zu {self.town.title}", rights=f"Kommune {self.town.ags}")))

        self.do("upload", step)
        if PurePosixPath(file.name).suffix != ".pdf":
            self.do("describe", describe)
        self.unseen.append(file.name)
        self.look_at_files()

    def look_at_files(self) -> None:
        """Download what was uploaded, once, as far as the scanner has let it pass."""

        def step() -> None:
            page = self.open(f"{self.entry}dateien/")
            for name in list(self.unseen):
                if link := re.search(FILE_LINK.format(re.escape(name)), page.body):
                    self._download(name, link[1])

        if self.unseen:
            self.do("look at the files", step)

    def _download(self, name: str, path: str) -> None:
        page = self.browser.get(path)
        if page.status != 200:
            raise LookupError(f"{page.status} for the file {name}")
        sha256 = hashlib.sha256(page.content).hexdigest()
        self.stage.ledger.note(self.email, ledger.UPLOADED, self.pk, name=name, sha256=sha256)
        self.unseen.remove(name)

    def _saved(self, page: Page) -> None:
        if page.first_status != 302:
            raise LookupError(f"not saved: {page.status} {page.path}: {page.title}")

    def ask_for_help(self) -> None:
        """Ask the office to look at the draft for three days."""
        question = f"Passt {self.town.title} in unsere Kategorie?"

        def step() -> None:
            page = self.open(f"{self.entry}hilfe/")
            if question not in page.body:
                self._saved(self.send(page.form(field="question").fill(question=question, days="3", agreed="on")))

        self.do("ask for help", step)

    # Handing in ---------------------------------------------------------------------------------------

    def look_through(self) -> None:
        """Open the page with the one button."""
        self.do("look through", lambda: self.open(f"{self.entry}pruefen/"))

    def hand_in(self) -> Pressed:
        """Press the button until the answer is clear: a version that counts, or that it is too late."""
        return self.do("hand in", self._hand_in)

    def _hand_in(self) -> Pressed:
        page = self.open(f"{self.entry}pruefen/")
        if CLOSED_WORDS in page.body:
            return self._too_late(page)
        if found := UNCHANGED.search(page.body):
            return self._look_at(int(found[1]))
        form = page.form(button=SUBMIT).set(DECLARED | {"publication": "on" if self.town.publishes else ()})
        page = self.send(form.press(SUBMIT), twice=self.town.double_clicks)
        if page.first_status == 302:
            version = PurePosixPath(page.path).name
            if page.status == 200 and version.isdigit():
                return self._told_of(int(version), page, pressed=True)
        elif page.status == 409 and CLOSED_WORDS in page.body:
            return self._too_late(page)
        raise LookupError(f"not handed in: {page.status} {page.path}: {page.title}")

    def _look_at(self, version: int) -> Pressed:
        """Look at a version that counts: what was pressed before had been done, only the answer got lost."""
        page = self.open(f"{self.entry}versionen/{version}/")
        return self._told_of(version, page, pressed=False)

    def _told_of(self, version: int, page: Page, *, pressed: bool) -> Pressed:
        """Write down that they were told: the number, the version and its checksum, as the page says."""
        found = re.search(rf"{re.escape(self.stage.round.number_prefix)}-(\d+)", page.body)
        checksum = SHA256.search(page.body.partition("Prüfsumme der Version")[2])
        if not found or not checksum:
            raise LookupError(f"a version without number or checksum: {page.path}: {page.title}")
        if version not in self._told:
            self._told.add(version)
            self.stage.ledger.note(
                self.email,
                ledger.SUBMITTED,
                self.pk,
                number=int(found[1]),
                version=version,
                pressed=pressed,
                sha256=checksum[0],
                **_when(page),
            )
        return Pressed(version, page)

    def _too_late(self, page: Page) -> Pressed:
        """Write down that it was too late; the page names the deadline, or it is not that page."""
        if found := COUNTS.search(page.body):
            return self._look_at(int(found[1]))
        if CLOSED not in page.body or "Uhr" not in page.body.partition(CLOSED_WORDS)[2][:120]:
            raise LookupError(f"the page does not name the deadline: {page.path}: {page.title}")
        self.stage.ledger.note(self.email, ledger.TOO_LATE, self.pk, **_when(page))
        return Pressed(0, page)

    def improve(self, key: str, text: str) -> Pressed:
        """Change a text and hand in again."""
        self.write(key, text=text)
        return self.hand_in()

    def withdraw(self) -> None:
        """Take the entry out of the award."""

        def step() -> None:
            if WITHDRAWN in self.open(self.entry).body:
                return
            form = self.open(f"{self.entry}zurueckziehen/").form(field="confirm")
            self._saved(self.send(form.fill(confirm="on", reason="Der Rat will erst beraten.")))

        self.do("withdraw", step)
        self.stage.ledger.note(self.email, ledger.WITHDRAWN, self.pk)


def _when(page: Page) -> dict[str, str]:
    """Return when the machine's clock showed the request and its answer, ISO 8601 in UTC."""
    began, ended = page.ended - page.seconds, page.ended
    return {name: datetime.fromtimestamp(at, UTC).isoformat() for name, at in (("began", began), ("ended", ended))}


def everybody(stage: Stage) -> dict[str, Applicant]:
    """Return the people of all towns by address, always the same ones at the same browsers."""
    people: dict[str, Applicant] = stage.props.setdefault("people", {})
    if not people:
        people.update((town.email, Applicant(stage, town)) for town in stage.cast.towns)
    return people
