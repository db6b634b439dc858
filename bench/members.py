"""Who has an account: people of entries, the jury and the office, each at pages of their own."""

import random
import re
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count, cycle
from threading import Lock
from urllib.parse import urlencode

from django.conf import settings

from accounts.demo import PASSWORD
from accounts.models import User
from bench import entries
from bench.jury import log_in_with_factor
from bench.traffic import Act, Counts
from landespreis.demo import papers, scenes
from rehearsal.browser import Browser, Page
from rehearsal.forms import File, Form
from submissions.models import Round, Submission

SECTIONS = ("beschreibung", "gewinn", "innovation", "zukunft", "uebertragbarkeit", "langfristigkeit")
DECLARED = {"conditions": "on", "correctness": "on", "bodies": "on", "privacy": "on"}
SUBMIT = "Jetzt verbindlich einreichen"
ENTRY = re.compile(r"/jury/einreichungen/[A-Z]+-\d+-\d+/")
OFFICE_LINK = re.compile(r'href="(/admin/[^"#?]*)"')
NOT_READ = ("logout", "password", "jsi18n")
MOST_FILES = 4


class Member:
    """Somebody who is inside already, at a browser of their own; holds `turn` who does something at it."""

    def __init__(self, port: int, counts: Counts, user: User, *, factor: bool = False) -> None:
        self.user, self.browser = user, Browser(port, counts, f"198.18.{user.pk >> 8 & 255}.{user.pk & 255}")
        key = log_in_with_factor(user) if factor else entries.log_in(user)
        self.browser.cookies[settings.SESSION_COOKIE_NAME] = key
        self.turn = Lock()

    def get(self, path: str) -> Page:
        page = self.browser.get(path)
        if page.status != 200 or page.path.startswith("/konto/"):
            raise LookupError(f"{path} led to {page.status} {page.path}: {page.title}")
        return page

    def save_in_background(self, form: Form) -> Page:
        """Send a form as the script does that saves by itself."""
        self.browser.headers["HX-Request"] = "true"
        try:
            page = self.browser.send(form)
        finally:
            del self.browser.headers["HX-Request"]
        if page.status != 200:
            raise LookupError(f"{page.status} {page.path}: {page.body[:200]}")
        return page

    def saved(self, page: Page) -> Page:
        if page.first_status != 302 or page.status != 200:
            raise LookupError(f"not done: {page.first_status}, {page.status} {page.path}: {page.title}")
        return page


class Applicants:
    """People with a draft each; who has withdrawn does nothing more."""

    def __init__(self, port: int, counts: Counts, drafts: Sequence[Submission]) -> None:
        self.port, self.counts = port, counts
        self.chance, self.number = random.Random(11), count(1)
        self.people = [(Member(port, counts, entry.owner), entry.get_absolute_url()) for entry in drafts]
        self.leaving = self.people[len(self.people) // 2 :]
        self.staying = self.people[: len(self.people) // 2]
        self.motifs = cycle(scenes.MOTIFS)
        self.known = list(
            User.objects.filter(groups=None, email__contains="@", is_staff=False, authenticator=None).exclude(
                password=entries.UNUSABLE
            )[:40]
        )

    def acts(self) -> Sequence[Act]:
        return (
            Act("log in and out", 15, self.log_in_and_out),
            Act("open a draft", 1.5, partial(self.one, self.open)),
            Act("save by itself", 2, partial(self.one, self.autosave)),
            Act("upload, remove", 12, partial(self.one, self.upload)),
            Act("hand in", 15, partial(self.one, self.hand_in)),
            Act("withdraw", 60, self.withdraw),
        )

    def one(self, does: Callable[[Member, str], None]) -> None:
        """Let somebody do something at their entry."""
        person, entry = self.chance.choice(self.staying)
        with person.turn:
            does(person, entry)

    def log_in_and_out(self) -> None:
        user = self.chance.choice(self.known)
        browser = Browser(self.port, self.counts, f"198.18.200.{next(self.number) % 250}")
        page = browser.send(
            browser.get("/konto/login/").form(field="password").fill(login=user.email, password=PASSWORD)
        )
        if page.first_status != 302 or page.path.startswith("/konto/"):
            raise LookupError(f"{user.email} is not inside: {page.status} {page.path}: {page.title}")
        browser.send(browser.get("/konto/logout/").form(action="/konto/logout/"))
        browser.close()

    def open(self, person: Member, entry: str) -> None:
        path = self.chance.choice(
            ["", "dateien/", "partner/", "mitwirkende/", "pruefen/", *(f"{key}/" for key in SECTIONS)]
        )
        person.get("/einreichungen/")
        person.get(f"{entry}{path}")

    def autosave(self, person: Member, entry: str) -> None:
        path = f"{entry}{self.chance.choice(SECTIONS)}/"
        form = person.get(path).form(field="revision")
        text = f"{entries.WORDS * self.chance.randint(1, 9)} Stand {next(self.number)}."
        person.save_in_background(form.fill(text=text))

    def upload(self, person: Member, entry: str) -> None:
        """Attach a picture or a paper; what is too much is removed."""
        page = person.get(f"{entry}dateien/")
        removals = re.findall(rf"{entry}dateien/[0-9a-f-]+/loeschen/", page.body)
        if len(removals) >= MOST_FILES:
            person.saved(person.browser.send(person.get(removals[0]).form(action=removals[0])))
        number = next(self.number)
        if number % 2:
            kind, file = "bild", File(f"bild-{number}.jpg", scenes.scene(next(self.motifs)))
        else:
            kind, file = "anlage", File(f"anlage-{number}.pdf", papers.sheet("Anlage", f"Beschluss {number}"))
        form = person.get(f"{entry}dateien/").form(field="datei").set({"kind": kind})
        page = person.saved(person.browser.send(form, {"datei": file}))
        for form in page.forms:
            if form.action.endswith("/angaben/") and not dict(form.fields)["alt"]:
                person.saved(person.browser.send(form.fill(alt=f"Foto {number}", rights="Stadt Musterhausen")))

    def hand_in(self, person: Member, entry: str) -> None:
        """Change the text, so that there is something new, and press the button."""
        form = person.get(f"{entry}gewinn/").form(field="revision")
        person.saved(person.browser.send(form.fill(text=f"{entries.WORDS * 3} Nach {next(self.number)} Wochen.")))
        form = person.get(f"{entry}pruefen/").form(button=SUBMIT).set(DECLARED)
        person.saved(person.browser.send(form.press(SUBMIT)))

    def withdraw(self) -> None:
        if not self.leaving:
            return
        person, entry = self.leaving.pop()
        form = person.get(f"{entry}pruefen/").form(button=SUBMIT).set(DECLARED)
        person.saved(person.browser.send(form.press(SUBMIT)))
        form = person.get(f"{entry}zurueckziehen/").form(field="confirm")
        person.saved(person.browser.send(form.fill(confirm="on", reason="Der Rat will erst beraten.")))


class Jury:
    """Jurors at home, who read, note and finalise, and open again what they have finalised."""

    def __init__(self, port: int, counts: Counts) -> None:
        self.chance, self.number = random.Random(13), count(1)
        people = User.objects.filter(jury_service__isnull=False).distinct()
        self.people = [Member(port, counts, user, factor=True) for user in people]
        self.categories = list(Round.objects.get().categories.values_list("key", flat=True))

    def acts(self) -> Sequence[Act]:
        return (
            Act("read as a juror", 2.5, partial(self.one, self.read)),
            Act("score", 8, partial(self.one, self.score)),
            Act("dossier", 600, partial(self.one, self.dossier)),
        )

    def one(self, does: Callable[[Member, str], None]) -> None:
        """Let a juror do something in a category."""
        person = self.chance.choice(self.people)
        with person.turn:
            does(person, self.chance.choice(self.categories))

    def read(self, person: Member, category: str) -> None:
        person.get("/jury/")
        listed = ENTRY.findall(person.get(f"/jury/kategorien/{category}/").body)
        if listed:
            person.get(self.chance.choice(listed))

    def score(self, person: Member, category: str) -> None:
        """Open a sheet again where it is final; save it as a script does, then finalise it."""
        listed = ENTRY.findall(person.get(f"/jury/kategorien/{category}/").body)
        if not listed:
            return
        page = person.get(self.chance.choice(listed))
        if page.path.endswith("/befangenheit/"):
            page = person.browser.send(page.form(field="erklaerung").set({"erklaerung": "nein"}))
        if "Wieder öffnen" in page.body:
            page = person.browser.send(page.form(button="Wieder öffnen"))
        form = page.form(field="gesamt")
        points = {name: str(self.chance.randint(1, 10)) for name in set(form.names) if name.startswith("punkte_")}
        form.set(points | {"gesamt": f"Eindruck {next(self.number)}"})
        path = person.save_in_background(form).path
        page = person.get(path)
        person.saved(person.browser.send(page.form(field="gesamt").press("Abschließen")))

    def dossier(self, person: Member, category: str) -> None:
        page = person.get(f"/jury/dossier/{category}/")
        if "Dossier erstellen" in page.body:
            person.saved(person.browser.send(page.form(button="Dossier erstellen")))


class Office:
    """Staff who go through lists, look up words, take out tables, and send issues of the newsletter."""

    def __init__(self, port: int, counts: Counts) -> None:
        self.chance = random.Random(17)
        people = User.objects.filter(is_staff=True)
        self.people = [Member(port, counts, user, factor=True) for user in people]
        boss = next(person for person in self.people if person.user.is_superuser)
        self.pages = self._crawl(boss)
        self.boss = boss
        self.exports = cycle([form.action for form in boss.get("/admin/exporte/").forms if "/exporte/" in form.action])

    def acts(self) -> Sequence[Act]:
        return (
            Act("read in the office", 4, partial(self.one, self.read)),
            Act("look up", 10, partial(self.one, self.look_up)),
            Act("take out a table", 30, partial(self.one, self.export)),
        )

    def one(self, does: Callable[[], None]) -> None:
        with self.boss.turn:
            does()

    def read(self) -> None:
        self.boss.get(self.chance.choice(self.pages))

    def look_up(self) -> None:
        word = uuid.UUID(int=self.chance.getrandbits(128)).hex[:8]
        self.boss.get(f"/admin/suche/?{urlencode({'q': f'Wasser {word}'})}")
        self.boss.get(f"/admin/submissions/submission/?{urlencode({'q': word})}")

    def export(self) -> None:
        form = self.boss.get("/admin/exporte/").form(action=next(self.exports))
        page = self.boss.browser.send(form)
        if page.status != 200 or not page.content:
            raise LookupError(f"{page.status} {form.action}: {page.title}")

    @staticmethod
    def _crawl(boss: Member) -> list[str]:
        """Return the pages to which the overview leads, and those to which these lead, as far as they can be read."""
        near = OFFICE_LINK.findall(boss.get("/admin/").body)
        far = [link for path in dict.fromkeys(near) if _is_page(path) for link in _links(boss, path)[:8]]
        known = dict.fromkeys(["/admin/", *near, *far])
        return [path for path in known if _is_page(path) and boss.browser.get(path).status == 200]


def _is_page(path: str) -> bool:
    return not any(word in path for word in NOT_READ)


def _links(boss: Member, path: str) -> list[str]:
    return list(dict.fromkeys(OFFICE_LINK.findall(boss.browser.get(path).body)))
