"""Finding what somebody looks for: from the words they typed to rows, the best first, the same on every database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, F, FloatField, Lookup, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from landespreis import composed
from portal import stems
from portal.models import Document, DocumentQuerySet
from portal.models.projects import ProjectQuerySet
from portal.remembering import Memory, Numbers
from portal.stems import Word

SPELLINGS = "spellings"
"""The topic whose number changes with the words of all documents."""
MOST_REMEMBERED = 200
MOST_GUESSES = 4
TITLE, PLACE, SUMMARY, TEXT = COLUMNS = ("stems_title", "stems_place", "stems_summary", "stems_text")
POINTS = ((TITLE, 16.0, 10.0), (PLACE, 8.0, 5.0), (SUMMARY, 4.0, 2.5))
"""What a word is worth in a column where it stands itself, and where only a longer one begins with it."""
ITSELF, BEGINS = 1.0, 0.5
"""The same for the text."""
GUESSED = ((TITLE, 0.4375, 0.375), (PLACE, 0.3125, 0.25), (SUMMARY, 0.1875, 0.125))
"""What another spelling is worth: always less than the word as it was typed."""
GUESSED_ITSELF, GUESSED_BEGINS = 0.0625, 0.03125
RANK = FloatField()


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: words, all of which have to stand in what is found, and what those may mean that
    stand nowhere.

    `is_blank`: nothing was typed at all, which is not the same as nothing to look for. `is_cut`: there were more words.
    """

    words: tuple[Word, ...]
    is_blank: bool = False
    is_cut: bool = False
    guesses: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)
    """Folded word of the query → words of the documents, as they stand there."""

    def finds(self, word: Word) -> bool:
        """Say whether a word of a text is one of those that were looked for, or may be meant by one."""
        return any(one.finds(word) for one in (*self.words, *chain.from_iterable(self.guesses.values())))


def read(text: str) -> Wanted:
    """Return what `text` looks for; one query, none where nothing can be misspelled."""
    words = stems.query(text)
    doubtful = {leaf.folded: leaf for word in words for leaf in (word, *word.parts) if leaf.can_be_misspelled}
    return Wanted(
        words,
        is_blank=not text.strip(),
        is_cut=next(islice(stems.words(text), stems.MOST_WORDS, None), None) is not None,
        guesses=_guesses(doubtful) if doubtful else {},
    )


_READ = Memory[Wanted](SPELLINGS, most=MOST_REMEMBERED)


def read_again(text: str, now: datetime, numbers: Numbers) -> Wanted:
    """Return the same as `read`, without a query where this process knows it and no word is new or gone since."""
    return _READ.get(numbers, now, partial(read, text), key=text)


def matching(projects: ProjectQuerySet, text: str | Wanted) -> ProjectQuerySet:
    """Return those of `projects` in which every word of `text` stands, each with its `rank`; the higher the better.

    Without any text these are all, with a rank of 0; where no word of it can be looked for, none. A text takes the
    query of `read`, at once; whoever asks twice reads it first.
    """
    wanted = text if isinstance(text, Wanted) else read(text)
    newest = ("-published_at", "-pk")
    if not wanted.words:
        kept = projects if wanted.is_blank else projects.none()
        return kept.annotate(rank=Value(0.0, output_field=RANK)).order_by(*newest)
    found = projects.filter(_condition(wanted, "document__"))
    return found.annotate(rank=_rank(wanted, "document__")).order_by(F("rank").desc(), *newest)


def documents(wanted: Wanted, now: datetime) -> DocumentQuerySet:
    """Return the public documents in which every word stands, the best first; nobody is shown more than everybody."""
    if not wanted.words:
        return Document.objects.none()
    found = Document.objects.public(now).filter(_condition(wanted))
    return found.annotate(rank=_rank(wanted)).order_by(F("rank").desc(), "-public_from", "-pk")


def stands_in(column: str, wanted: Wanted) -> bool:
    """Return whether every word stands in a column of a document that lies in no database, as `documents` finds."""
    return _is_in(column, _all(wanted))


def confirmed(wanted: Wanted, found: Sequence[Document]) -> dict[str, list[str]]:
    """Return which guesses stand in the documents `found`: folded word → how it is shown there.

    So nothing is suggested that only stands in what is not public.
    """
    there = "".join(getattr(document, column) for document in found for column in COLUMNS)
    shown = {
        word: [guess.typed for guess in guesses if any(sought in there for sought in _sought(guess))]
        for word, guesses in wanted.guesses.items()
    }
    return {word: names for word, names in shown.items() if names}


def _sought(word: Word) -> tuple[str, ...]:
    return f" {word.stem} ", *(f" {beginning}" for beginning in word.beginnings)


# Misspelled words --------------------------------------------------------------------------------------


def _guesses(doubtful: Mapping[str, Word]) -> dict[str, tuple[Word, ...]]:
    """Return what those words may mean whose stem stands nowhere, the likeliest first."""
    known = _spelled({deletion for word in doubtful for deletion in stems.deletions(word)}, doubtful.values())
    there = {stem for _, stem, _ in known}
    guesses: dict[str, tuple[Word, ...]] = {}
    for folded, word in doubtful.items():
        if word.stem not in there:
            likely = sorted((_unlikeliness(folded, row[0]), *row) for row in known if stems.near(folded, row[0]))
            by_stem: dict[str, Word] = {}
            for _, meant, stem, shown in likely:
                by_stem.setdefault(stem, Word(shown, meant))
            guesses[folded] = tuple(by_stem.values())[:MOST_GUESSES]
    return {folded: meant for folded, meant in guesses.items() if meant}


def _spelled(spellings: Iterable[str], words: Iterable[Word]) -> set[composed.Values]:
    """Return word, stem and shown form of what is spelled like this, and of what has the stem of one of the words."""
    alike, same = sorted(spellings), sorted({word.stem for word in words})
    return set(
        composed.fetched(
            f"SELECT word, stem, shown FROM portal_spelling WHERE spelling IN ({_places(alike)}) "  # noqa: S608 - our words, %s for values
            f"OR (stem IN ({_places(same)}) AND spelling = word)",
            [*alike, *same],
        )
    )


def _places(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _unlikeliness(typed: str, meant: str) -> tuple[bool, bool, str]:
    """Order guesses: people seldom mistake the first letter, and rather swap or change a letter than lose one."""
    return typed[0] != meant[0], len(typed) != len(meant), meant


# What has to stand where -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stem:
    """That a stem stands there; not `whole`: that one does which begins with it."""

    text: str
    whole: bool = True


@dataclass(frozen=True)
class _Any:
    of: tuple["_Need", ...]


@dataclass(frozen=True)
class _All:
    of: tuple["_Need", ...]


_Need = _Stem | _Any | _All


def _itself(word: Word) -> _Need:
    return _with_parts(_Stem(word.stem), tuple(map(_itself, word.parts)))


def _begins(word: Word) -> _Need:
    own = _Any((_Stem(word.stem), *(_Stem(beginning, whole=False) for beginning in word.beginnings)))
    return _with_parts(own, tuple(map(_begins, word.parts)))


def _somehow(word: Word, guesses: Mapping[str, tuple[Word, ...]], how: Callable[[Word], _Need] = _begins) -> _Need:
    """The word or what it may mean."""
    meant = map(how, guesses.get(word.folded, ()))
    parts = tuple(_somehow(part, guesses, how) for part in word.parts)
    return _with_parts(_Any((how(word), *meant)), parts)


def _with_parts(own: _Need, parts: tuple[_Need, ...]) -> _Need:
    return _Any((own, _All(parts))) if parts else own


def _all(wanted: Wanted) -> _Need:
    return _All(tuple(_somehow(word, wanted.guesses) for word in wanted.words))


def _is_in(column: str, need: _Need) -> bool:
    match need:
        case _Stem(text, whole):
            return (f" {text} " if whole else f" {text}") in column
        case _Any(of):
            return any(_is_in(column, one) for one in of)
        case _All(of):
            return all(_is_in(column, one) for one in of)


def _condition(wanted: Wanted, path: str = "") -> Q:
    return _stands(_all(wanted), path)


def _stands(need: _Need, path: str) -> Q:
    """Say that `need` stands anywhere in the document; on PostgreSQL its index answers."""
    if connection.vendor == "postgresql":
        return Q(**{f"{path}{TEXT}__words": _tsquery(need)})
    return _in(need, path, COLUMNS)


def _tsquery(need: _Need) -> str:
    """Write `need` as PostgreSQL reads it; stems are letters and digits, so none of its signs can be in them."""
    match need:
        case _Stem(text, whole):
            return f"'{text}'" if whole else f"'{text}':*"
        case _Any(of):
            return f"({' | '.join(map(_tsquery, of))})"
        case _All(of):
            return f"({' & '.join(map(_tsquery, of))})"


def _in(need: _Need, path: str, columns: Sequence[str]) -> Q:
    """Say that `need` stands in some of the columns; every stem has a blank on each side."""
    match need:
        case _Stem(text, whole):
            sought = f" {text} " if whole else f" {text}"
            return Q(*(Q(**{f"{path}{column}__contains": sought}) for column in columns), _connector=Q.OR)
        case _Any(of):
            return Q(*(_in(one, path, columns) for one in of), _connector=Q.OR)
        case _All(of):
            return Q(*(_in(one, path, columns) for one in of), _connector=Q.AND)


@TextField.register_lookup
class _Words(Lookup):
    """`stems_text__words`: that the column `words` of that document meets a query; PostgreSQL only."""

    lookup_name = "words"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str]]:
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        return f'portal_found({table}."words") @@ %s::tsquery', (self.rhs,)


# How good a hit is -------------------------------------------------------------------------------------


def _rank(wanted: Wanted, path: str = "") -> Combinable:
    """Return the sum of what each word is worth at its best place. The long text is never read for it."""
    rank: Combinable = Value(0.0, output_field=RANK)
    for word in wanted.words:
        rank = rank + _worth(word, wanted, path)
    return rank


def _worth(word: Word, wanted: Wanted, path: str) -> Combinable:
    itself, begins = _itself(word), _begins(word)
    cases = []
    for column, whole, part in POINTS:
        cases.append(When(_in(itself, path, [column]), then=Value(whole)))
        cases.append(When(_in(begins, path, [column]), then=Value(part)))
    cases.append(When(_among(itself, path), then=Value(ITSELF)))
    if not any(leaf.folded in wanted.guesses for leaf in (word, *word.parts)):
        return Case(*cases, default=Value(BEGINS), output_field=RANK)
    cases.append(When(_among(begins, path), then=Value(BEGINS)))
    exactly, somehow = _somehow(word, wanted.guesses, _itself), _somehow(word, wanted.guesses)
    for column, whole, part in GUESSED:
        cases.append(When(_in(exactly, path, [column]), then=Value(whole)))
        cases.append(When(_in(somehow, path, [column]), then=Value(part)))
    cases.append(When(_among(exactly, path), then=Value(GUESSED_ITSELF)))
    return Case(*cases, default=Value(GUESSED_BEGINS), output_field=RANK)


def _among(need: _Need, path: str) -> Q:
    """Say that the document is one of those in which `need` stands: asked of the index once, not of every row."""
    return Q(**{f"{path}pk__in": Document.objects.filter(_stands(need, "")).order_by().values("pk")})
