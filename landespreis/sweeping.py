"""Looking through the whole storage: files that no row names, which are removed, and rows whose file is not there.

Who is killed between storing a file and committing its row leaves a file that nobody will ever ask for; so does a
storage that finished later what had been given up.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils import timezone

from landespreis import belonging, files
from landespreis.refusal import Refused, Unavailable

log = logging.getLogger(__name__)

FOLDERS = (
    "aussonderung", "bestaetigungen", "bilder", "downloads", "einfuhr", "einreichungen", "health", "jury", "pakete",
    "post_office_attachments",
)  # fmt: skip
"""Where the portal stores anything at all. What else lies in the storage is somebody else's and left alone."""
FEW = 20
"""So many leftovers are removed in any case."""
SHARE = 0.1
"""More of all files than that are never leftovers: rather it is the wrong database, or one of long ago."""
COPIES = "post_office_attachments/"
"""What goes with mails lies elsewhere, too, or is made anew: none of it is a loss, however many are left over. They are
as many as there are letters when a process is killed that releases them."""
GIVES_UP = 5
"""So many files that cannot be removed mean that the storage fails; fewer may be a matter of these files."""
BATCH = 500
"""How many names one statement asks for; databases have a limit."""
KEY = "sweeping.last"
"""In the cache: what the last look found, for the figures."""


@dataclass
class Found:
    """What a look found. `unnamed` are old enough to be removed, `young` may still get their row."""

    at: datetime
    """By the machine's clock."""
    lying: int = 0
    young: int = 0
    unnamed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Named by a row and not there: that is lost."""
    going: set[str] = field(default_factory=set)
    """Named by no row because a retention run has taken it: no reason for doubt."""
    foreign: list[str] = field(default_factory=list)
    """Folders and files beside those of the portal."""
    removed: int = 0

    @property
    def is_suspicious(self) -> bool:
        """Whether so many belong to no row that it is not the files that are wrong."""
        only = sum(not name.startswith(COPIES) and name not in self.going for name in self.unnamed)
        return only > max(FEW, SHARE * self.lying)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each kind, by the names that the figures have for them."""
        return {
            "lying": self.lying, "young": self.young, "unnamed": len(self.unnamed) - self.removed,
            "missing": len(self.missing), "removed": self.removed,
        }  # fmt: skip


@dataclass(frozen=True)
class Last:
    """The last look, as the figures tell of it."""

    at: datetime
    counts: dict[str, int]


def sweep(now: datetime | None = None, *, most: int = 0) -> Found:
    """Look, and remove what no row names and what is older than any upload or task can take.

    Raises Refused, having removed nothing, when that would be suspiciously much and more than `most`, and Unavailable
    when the storage fails: what is left then waits for the next time.
    """
    found = look(now)
    try:
        if found.is_suspicious and len(found.unnamed) > most:
            raise Refused(
                f"{len(found.unnamed)} von {found.lying} Dateien gehören zu keiner Zeile der Datenbank. Das sind "
                "verdächtig viele, es wurde keine gelöscht. Gehören Ablage und Datenbank zusammen?"
            )
        _remove(found)
    finally:
        _tell(found)
    return found


def look(now: datetime | None = None) -> Found:
    """Compare the storage with the database, changing nothing. Raises Unavailable.

    Names come from the database first, the files then; what was stored or removed in between is asked for once more.
    """
    found = Found(now or timezone.now())
    before = found.at - timedelta(hours=settings.ORPHAN_HOURS)
    with suppress(FileNotFoundError):  # nobody has stored anything yet
        folders, names = default_storage.listdir("")
        found.foreign = sorted({*folders, *names} - {*FOLDERS})
    left = set(belonging.names())
    unnamed = []
    for folder in FOLDERS:
        for kept in files.everything_in(folder):
            found.lying += 1
            if kept.name in left:
                left.discard(kept.name)
            elif kept.since > before:
                found.young += 1
            else:
                unnamed.append(kept.name)
    found.unnamed, found.going = sorted(_still_unnamed(unnamed)), belonging.going()
    if left:
        left.intersection_update(belonging.stored_names())
        found.missing = sorted(name for name in left if not default_storage.exists(name))
    return found


def last() -> Last | None:
    """Return what the last look found; None when there was none that is known."""
    kept = cache.get(KEY)
    return Last(**kept) if kept else None


def _remove(found: Found) -> None:
    """Remove them; one that the storage does not let go is told of at last, so that it keeps none of the others."""
    failures: list[Unavailable] = []
    for batch in _batches(found.unnamed):
        for name in _still_unnamed(batch):
            try:
                default_storage.delete(name)
            except Unavailable as failure:
                failures.append(failure)
                if len(failures) == GIVES_UP:
                    raise
            else:
                found.removed += 1
    if failures:
        raise failures[0]


def _still_unnamed(names: Sequence[str]) -> Iterator[str]:
    """Yield those that no row names now either."""
    beside = belonging.beside() if names else set()
    for batch in _batches(names):
        named = belonging.named_among(batch) | beside
        yield from (name for name in batch if name not in named)


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[begin : begin + BATCH] for begin in range(0, len(names), BATCH))


def _tell(found: Found) -> None:
    """Write down how many, and keep it for the figures."""
    cache.set(KEY, asdict(Last(found.at, found.counts)), timeout=None)
    log.info("storage swept: %s", ", ".join(f"{number} {kind}" for kind, number in found.counts.items()))
    if found.missing:
        log.error("%s private files are missing, for instance %s", len(found.missing), found.missing[0])
