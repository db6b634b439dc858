"""What is printed for the ceremony: all certificates of a round as one PDF, and all letters as another."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Case, QuerySet, Value, When

from accounts.models import User
from jury import letter as letters
from jury import permissions
from jury.models import Letter, Paper
from landespreis import binding, clock
from landespreis.models import Parcel
from landespreis.package import Package
from landespreis.parcels import Builder, Offer, Progress
from landespreis.refusal import Refused
from submissions.models import Round

KIND = "preisverleihung"
CHUNK = 1024 * 1024
CERTIFICATES, LETTERS = "Urkunden.pdf", "Briefe.pdf"
NOTHING = "In dieser Runde ist noch nichts entschieden: Es gibt weder Urkunden noch Briefe."
MISSING = "Noch nicht alle Urkunden sind erstellt (offen: {}). Fordern Sie das Paket in einigen Minuten noch einmal an."


def may(user: PermissionsMixin, params: dict[str, Any]) -> bool:
    """Geschäftsstelle, who reads, changes and releases the letters."""
    return isinstance(user, User) and permissions.may_run(user)


def offers(user: PermissionsMixin) -> Iterable[Offer]:
    """Offer what is printed, for rounds with something decided."""
    if may(user, {}):
        decided = Paper.objects.filter(kind=Paper.Kind.CERTIFICATE).values("category__round")
        for round in Round.objects.filter(pk__in=decided).order_by("-opens_at"):
            what = "alle Urkunden und alle Briefe, je ein PDF zum Drucken"
            yield Offer(f"{KIND}-{round.pk}", KIND, called(round), what, {"round": round.pk})


def called(round: Round) -> str:
    """Return what the parcel of a round is called."""
    return f"Urkunden und Briefe ({round.number_prefix})"


def build(parcel: Parcel, package: Package, progress: Progress) -> None:
    """Bind certificates and letters, by category, the winner's first. Raises Refused while a certificate is missing."""
    papers, rows = _certificates(parcel.params["round"]), _letters(parcel.params["round"])
    missing = sum(paper.rendered_at is None for paper in papers)
    if missing:
        raise Refused(MISSING.format(missing))
    if not papers and not rows:
        raise Refused(NOTHING)
    total = len(papers) + len(rows)
    progress(0, total)
    with TemporaryDirectory(prefix="landespreis-") as name:
        folder = Path(name)
        parts = []
        for done, paper in enumerate(papers, start=1):
            parts.append(_copied(paper, folder / f"u{done}.pdf"))
            progress(done, total)
        _bound(package, CERTIFICATES, parts, folder)
        parts = []
        for done, row in enumerate(rows, start=1):
            parts.append(folder / f"b{done}.pdf")
            parts[-1].write_bytes(letters.render(row, row.released_at or clock.now()))
            progress(len(papers) + done, total)
        _bound(package, LETTERS, parts, folder)
    package.facts |= {"certificates": len(papers), "letters": len(rows)}


BUILDERS = {KIND: Builder(build, may)}


def _certificates(round: int) -> "list[Paper]":
    rows = Paper.objects.filter(kind=Paper.Kind.CERTIFICATE, category__round=round)
    return list(_winners_first(rows, "category"))


def _letters(round: int) -> "list[Letter]":
    rows = Letter.objects.filter(submission__round=round).select_related("submission__round", "submission__current")
    return list(_winners_first(rows, "submission__submitted_category"))


def _winners_first(rows: "QuerySet[Any]", category: str) -> "QuerySet[Any]":
    won = Case(When(submission__letter__kind=Letter.Kind.WINNER, then=Value(0)), default=Value(1))
    return rows.order_by(f"{category}__position", won, "submission__number")


def _copied(paper: Paper, target: Path) -> Path:
    with paper.file.open("rb") as source, target.open("wb") as file:
        for chunk in _chunks(source):
            file.write(chunk)
    return target


def _bound(package: Package, name: str, parts: list[Path], folder: Path) -> None:
    if parts:
        book = folder / name
        binding.bind(parts, book)
        with book.open("rb") as file:
            package.add(name, _chunks(file))


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
