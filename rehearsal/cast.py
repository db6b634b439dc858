"""Who plays: every municipality with its person, what it does and when. All of it follows from the seed alone."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

PASSWORD = "Sauerland-Probe-4711"  # noqa: S105 - nobody's: the people are invented
FIRST = ("Meike", "Tilman", "Selma", "Lena", "Okan", "Wiebke", "Jonas", "Renate", "Ayla", "Henrik", "Ilse", "Marek")
LAST = (
    "Brandhorst",
    "Overbeck",
    "Aydin",
    "Achterberg",
    "Demirel",
    "Harmsen",
    "Siepmann",
    "Vollmer",
    "Kosek",
    "Lübbers",
)


class Finish(StrEnum):
    """When a town hands in what it has begun."""

    EARLY = "früh"
    LAST_DAY = "am letzten Tag"
    LAST_MINUTES = "in den letzten Minuten"
    LATE = "nach der Frist"
    NEVER = "gar nicht"


@dataclass(frozen=True)
class Town:
    """A municipality and its person. Who does not lead an entry has an account only."""

    ags: str
    name: str
    person: str
    email: str
    leads: bool
    category: str
    partners: tuple[str, ...]
    """AGS of the partners, one to four."""
    title: str
    colleague: str
    """Address of somebody who is invited to edit; empty = nobody."""
    files: int
    finish: Finish
    double_clicks: bool
    improves: bool
    """Hands in a second version before the end."""
    withdraws: bool
    publishes: bool
    """Consents to the directory."""
    subscribes: bool
    """Asks for the newsletter."""
    check: str
    """What the office finds: "admit", "exclude" or "return"."""


@dataclass(frozen=True)
class Cast:
    seed: int
    towns: tuple[Town, ...]

    @property
    def digest(self) -> str:
        """Return a checksum of the story: the same seed, municipalities and version tell the same one."""
        return hashlib.sha256(repr([asdict(town) for town in self.towns]).encode()).hexdigest()[:16]

    def chance(self, *about: object) -> random.Random:
        """Return a source of chance for one matter, which no other matter disturbs, whatever runs at once."""
        return random.Random(f"{self.seed}:{about}")  # noqa: S311 - a story

    @property
    def leading(self) -> list[Town]:
        return [town for town in self.towns if town.leads]


def make(seed: int, places: Sequence[tuple[str, str]], categories: Sequence[str]) -> Cast:
    """Return the cast for `places` (AGS and name) and the keys of the categories.

    Two thirds lead an entry. Of these a fifth hands in early, a quarter on the last day, a third in the last minutes, a
    tenth too late; the others never do.
    """
    chance = random.Random(seed)  # noqa: S311 - a story
    keys = [ags for ags, _ in places]
    towns = (_town(chance, number, ags, name, keys, categories) for number, (ags, name) in enumerate(places))
    return Cast(seed, tuple(towns))


def in_the_last_minutes(cast: Cast) -> Cast:
    """Return the same people, who all lead an entry and hand it in at the very end, and nothing besides."""
    last = Finish.LAST_MINUTES
    towns = (
        replace(town, leads=True, finish=last, files=0, colleague="", improves=False, withdraws=False)
        for town in cast.towns
    )
    return replace(cast, towns=tuple(towns))


def _town(
    chance: random.Random, number: int, ags: str, name: str, keys: Sequence[str], categories: Sequence[str]
) -> Town:
    others = [key for key in keys if key != ags]
    finishes = [Finish.EARLY] * 20 + [Finish.LAST_DAY] * 25 + [Finish.LAST_MINUTES] * 35 + [Finish.LATE] * 10
    return Town(
        ags=ags,
        name=name,
        person=f"{chance.choice(FIRST)} {chance.choice(LAST)} {number}",
        email=f"person{number}@stadt{ags}.example",
        leads=chance.random() < 2 / 3,
        category=chance.choice(categories),
        partners=tuple(chance.sample(others, chance.randint(1, min(4, len(others))))),
        title=f"Gemeinsam {chance.choice(('warnen', 'bauen', 'planen', 'lernen', 'löschen', 'verwalten'))} {number}",
        colleague=f"kollegin{number}@stadt{ags}.example" if chance.random() < 0.2 else "",
        files=chance.choice((0, 0, 1, 2)),
        finish=chance.choice(finishes + [Finish.NEVER] * 10),
        double_clicks=chance.random() < 0.3,
        improves=chance.random() < 0.15,
        withdraws=chance.random() < 0.04,
        publishes=chance.random() < 0.8,
        subscribes=chance.random() < 0.3,
        check=chance.choice(["admit"] * 8 + ["exclude", "return"]),
    )
