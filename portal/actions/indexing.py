"""Verbs on the search: write down what can be found of a thing that was saved, and all of it anew."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from django.db import transaction
from django.db.models import F

from accounts.models import Municipality
from portal import findable, stems
from portal.findable import Content, Districts, Thing
from portal.models import Document, Spelling

BATCH = 500
ROWS_AT_ONCE = 5000
WRITTEN = (
    "title", "url", "summary", "text", "public_from", "stems_title", "stems_place", "stems_summary", "stems_text",
)  # fmt: skip
Kind = Municipality.Kind


def index(thing: Thing) -> Document:
    """Write the document of a thing; call it at the end of the verb that saved it, with everything it shows stored.

    New words are learned once that verb's transaction stands: until then nobody finds the thing, either.
    """
    content = findable.content(thing, _districts())
    document = findable.document(thing, content)
    _write([document])
    transaction.on_commit(partial(learn, _spellings(content)), robust=True)
    return document


def learn(words: Mapping[str, str]) -> None:
    """Remember words, folded → as they are shown, so that a query finds them with one mistake."""
    new = sorted(set(words) - _known(words))
    rows = (
        Spelling(spelling=spelling, word=word, stem=stems.stem(word), shown=words[word][: stems.MOST_LETTERS])
        for word in new
        for spelling in sorted(stems.deletions(word))
    )
    Spelling.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)  # somebody else may be as quick


def rebuild() -> dict[str, int]:
    """Write all documents anew and forget what is no more; return how many there are of each kind.

    Repeating it changes nothing. It goes in batches, each with its things locked, so that editors go on meanwhile.
    """
    districts, words, written = _districts(), dict[str, str](), dict[str, int]()
    for things in findable.everything():
        kind = findable.KIND[things.model]
        numbers = list(things.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(numbers), BATCH):
            with transaction.atomic():
                batch = things.filter(pk__in=numbers[start : start + BATCH]).select_for_update(of=("self",))
                contents = [(thing, findable.content(thing, districts)) for thing in batch.order_by("pk")]
                _write([findable.document(thing, content) for thing, content in contents])
            for _, content in contents:
                words |= _spellings(content)
        Document.objects.of(kind).exclude(**{f"{kind}__in": things.model._default_manager.all()}).delete()
        written[kind] = len(numbers)
    _forget(words)
    learn(words)
    return written


def _write(documents: Sequence[Document]) -> None:
    if documents:
        Document.objects.bulk_create(
            documents, update_conflicts=True, update_fields=WRITTEN, unique_fields=[documents[0].kind]
        )


def _districts() -> Districts:
    rows = Municipality.objects.filter(kind__in=[Kind.DISTRICT, Kind.INDEPENDENT]).order_by()
    return dict(rows.values_list("district_ags", "label"))


def _spellings(content: Content) -> dict[str, str]:
    found = chain.from_iterable((word, *word.parts) for word in stems.words(content.whole))
    return {word.folded: word.typed for word in found if word.can_be_misspelled}


def _known(words: Mapping[str, str]) -> set[str]:
    known = Spelling.objects.filter(spelling=F("word")).values_list("word", flat=True)
    return {word for chunk in _chunks(list(words)) for word in known.filter(spelling__in=chunk)}


def _forget(words: Mapping[str, str]) -> None:
    """Let those words go that stand nowhere any more."""
    gone = set(Spelling.objects.filter(spelling=F("word")).values_list("word", flat=True)) - set(words)
    for chunk in _chunks(sorted(gone)):
        Spelling.objects.filter(word__in=chunk).delete()


def _chunks(words: Sequence[str]) -> Iterator[Sequence[str]]:
    return (words[start : start + BATCH] for start in range(0, len(words), BATCH))
