"""Verbs on the texts that staff keep: word one anew, write one of their own, go back to the shipped one, delete."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.text import slugify

from landespreis import clock, journal
from landespreis.circulars import permissions, texts
from landespreis.circulars.texts import Text
from landespreis.journal import Verb
from landespreis.models import Wording
from landespreis.refusal import NotAllowed, Refused

OWN = "eigene-"


@transaction.atomic
def word(text: Text, *, by: AbstractBaseUser, subject: str, body: str, title: str = "") -> Wording:
    """Give a text other words. Journals. Raises Refused for a broken placeholder.

    The title of a shipped one stays.
    """
    _require(by)
    _checked(text, subject, body)
    title = text.title if text.shipped else title or text.title
    values = {
        "kind": text.kind, "title": title, "subject": subject, "text": body, "changed_by_id": by.pk,
        "changed_at": clock.now(),
    }  # fmt: skip
    row, _ = Wording.objects.update_or_create(key=text.key, defaults=values)
    journal.note(Verb.WORDING_CHANGED, by=by, about=title, key=text.key)
    return row


@transaction.atomic
def add(*, by: AbstractBaseUser, kind: str, title: str, subject: str, body: str) -> Wording:
    """Keep a text of staff's own for groups of that kind. Journals. Raises Refused for a broken placeholder."""
    _require(by)
    place = Wording.objects.filter(key__startswith=OWN).count() + 1
    stem = f"{OWN}{slugify(title)[:40] or 'text'}"
    key = stem if not Wording.objects.filter(key=stem).exists() else f"{stem}-{place}"
    text = Text(key, kind, title, subject, body, texts.known(kind))
    return word(text, by=by, subject=subject, body=body, title=title)


@transaction.atomic
def reset(text: Text, *, by: AbstractBaseUser) -> None:
    """Go back to the words the portal came with. Journals. Raises Refused for a text of staff's own."""
    _require(by)
    if text.shipped is None:
        raise Refused("Zu dieser Vorlage gibt es keinen mitgelieferten Text. Sie lässt sich nur löschen.")
    if Wording.objects.filter(key=text.key).delete()[0]:
        journal.note(Verb.WORDING_RESET, by=by, about=text.title, key=text.key)


@transaction.atomic
def delete(text: Text, *, by: AbstractBaseUser) -> None:
    """Delete a text of staff's own. Journals. Raises Refused for a shipped one."""
    _require(by)
    if text.shipped is not None:
        raise Refused("Mitgelieferte Vorlagen bleiben. Ändern lassen sie sich jederzeit.")
    Wording.objects.filter(key=text.key).delete()
    journal.note(Verb.WORDING_DELETED, by=by, about=text.title, key=text.key)


def _checked(text: Text, subject: str, body: str) -> None:
    if found := texts.mistakes(text.placeholders, subject, body):
        raise Refused(" ".join(sentence for sentences in found.values() for sentence in sentences))


def _require(by: AbstractBaseUser) -> None:
    if not permissions.may_word(by):
        raise NotAllowed("Textvorlagen ändert nur die Geschäftsstelle.")
