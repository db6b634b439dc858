"""What tests of messages to groups start from: somebody of the Geschäftsstelle, and a message to a group of drafts."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import User
from landespreis import audiences
from landespreis.audiences import Audience
from landespreis.circulars import actions
from landespreis.models import Circular
from submissions.models import Round

TEXT = "{anrede},\n\nbitte bis {frist}: {link}"


def audience(key: str, by: User) -> Audience:
    found = audiences.find(key, by)
    assert found
    return found


def params(round: Round, **chosen: str) -> dict[str, str]:
    return {"runde": round.key, "kategorie": "", "wer": "inhaber", **chosen}


def written(round: Round, by: User, key: str = "entwuerfe", **fields: Any) -> Circular:
    """Return a message to a group of entries."""
    values = {"subject": "Frist {frist}", "text": TEXT, "params": params(round)} | fields
    return actions.write(audience(key, by), by=by, **values)


def release(circular: Circular, by: User) -> Circular:
    """Release a message as somebody who has looked at it."""
    members = audiences.members(actions.of(circular, by), circular.params)
    return actions.release(circular, by=by, seen=actions.fingerprint(circular, members))


def undone(verb: Callable[[], object]) -> None:
    """Do something in a transaction that does not commit."""
    with transaction.atomic():
        verb()
        transaction.set_rollback(True)
