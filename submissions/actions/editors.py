"""Verbs on who works on an entry: invite, accept, change the role, remove."""

from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from landespreis import clock, mail
from landespreis.refusal import Refused
from submissions import permissions, workflow
from submissions.actions import gate
from submissions.models import Editor, Event, Submission

MOST = 20
"""Editors per entry, so that nobody mails the world in the portal's name."""
PAUSE = timedelta(minutes=1)
"""Within it the same invitation again is a double click: no second mail, and the first link stays good."""
SALT = "submissions.invitation"


def token(editor: Editor) -> str:
    """Return the signed text of the invitation link; it dies with the row and with every new invitation."""
    return signing.dumps(
        {
            "editor": editor.pk,
            "email": editor.email,
            "at": editor.invited_at.timestamp(),
        },
        salt=SALT,
    )


def invited(text: str) -> Editor | None:
    """Return the invitation a link stands for, or None for a forged, replaced or withdrawn one."""
    try:
        content = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    editor = (
        Editor.objects.filter(pk=content["editor"], email=content["email"])
        .select_related("submission__round", "submission__lead", "invited_by")
        .first()
    )
    return editor if editor and editor.invited_at.timestamp() == content["at"] else None


def invite(entry: Submission, *, email: str, role: str, by: User) -> Editor:
    """Invite a colleague by mail; inviting an open address again sends a new link and sets the role.

    Journals, and owes the mail. Raises NotAllowed, TooLate, Refused for the owner, somebody who takes part already,
    or too many.
    """
    email = email.strip().lower()
    try:
        with transaction.atomic():
            entry, now = gate.enter(entry, by=by, may=permissions.may_invite, act=workflow.Act.WRITE)
            _require_invitable(entry, email)
            if just := entry.editors.filter(email=email, role=role, invited_at__gt=now - PAUSE).first():
                return just
            editor, _ = Editor.objects.update_or_create(
                submission=entry,
                email=email,
                defaults={"role": role, "invited_by": by, "invited_at": now},
            )
            gate.record(entry, Event.Verb.INVITED, at=now, by=by, email=email, role=role)
            mail.owe(
                "invitation",
                [email],
                {
                    "by": by.name,
                    "number": entry.label,
                    "title": entry.heading,
                    "role": editor.get_role_display(),
                    "path": reverse("submissions:invitation", args=[token(editor)]),
                    "deadline": entry.deadline,
                },
            )
    except IntegrityError as error:
        raise Refused("Diese Adresse ist schon eingeladen.") from error
    return editor


def _require_invitable(entry: Submission, email: str) -> None:
    if email == entry.owner.email:
        raise Refused("Diese Adresse gehört der Person, die für die Einreichung verantwortlich ist.")
    rows = entry.colleagues
    if any(editor.user and email in {editor.email, editor.user.email} for editor in rows):
        raise Refused("Diese Person wirkt schon mit.")
    if sum(editor.email != email for editor in rows) >= MOST:
        raise Refused(f"Mehr als {MOST} Personen können nicht an einer Einreichung mitwirken.")


@transaction.atomic
def accept(editor: Editor, *, by: User) -> Submission:
    """Join the entry with the invited role; accepting twice changes nothing.

    The link is the key, not the address: a colleague may use another address of their own. Journals. Raises TooLate,
    Refused when the invitation was used by somebody else or `by` owns or edits the entry already.
    """
    entry = gate.lock(editor.submission)
    now = clock.now()
    workflow.require_open(entry, now)
    editor = _still_there(entry, editor)
    if editor.user_id == by.pk:
        return entry
    if editor.user_id:
        raise Refused("Diese Einladung wurde schon angenommen.", title="Einladung schon verwendet")
    if permissions.may_read(by, entry):
        raise Refused("Sie wirken an dieser Einreichung schon mit.", title="Sie sind schon dabei")
    editor.user, editor.accepted_at = by, now
    editor.save(update_fields=["user", "accepted_at"])
    gate.record(entry, Event.Verb.JOINED, at=now, by=by, role=editor.role)
    return entry


def _still_there(entry: Submission, editor: Editor) -> Editor:
    """Return a fresh copy of a row of the locked entry."""
    fresh = entry.editors.select_related("user").filter(pk=editor.pk).first()
    if fresh is None:
        raise Refused("Diese Mitwirkung oder Einladung wurde inzwischen beendet.", title="Nicht mehr vorhanden")
    return fresh


@transaction.atomic
def change_role(editor: Editor, *, role: str, by: User) -> Editor:
    """Give an editor, or an open invitation, another role.

    Journals. Raises NotAllowed, TooLate, Refused when somebody has ended the part meanwhile.
    """
    entry, now = gate.enter(editor.submission, by=by, may=permissions.may_invite, act=workflow.Act.WRITE)
    editor = _still_there(entry, editor)
    editor.role = role
    editor.save(update_fields=["role"])
    gate.record(entry, Event.Verb.ROLE_CHANGED, at=now, by=by, email=editor.email, role=role)
    return editor


@transaction.atomic
def remove(editor: Editor, *, by: User) -> None:
    """End somebody's part in the entry, or withdraw an open invitation; everybody may remove themselves.

    Journals. Raises NotAllowed, TooLate, Refused when somebody has ended the part meanwhile.
    """

    def may(user: User, entry: Submission) -> bool:
        return editor.user_id == user.pk or permissions.may_invite(user, entry)

    entry, now = gate.enter(editor.submission, by=by, may=may, act=workflow.Act.WRITE)
    _still_there(entry, editor).delete()
    gate.record(entry, Event.Verb.EDITOR_REMOVED, at=now, by=by, email=editor.email)
