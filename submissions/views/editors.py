"""The pages about who works on an entry: list and invite, change, remove, hand over, and the invitation itself."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import User
from landespreis import clock, throttle
from landespreis.refusal import NotAllowed, Refused, TooLate
from submissions import permissions, workflow
from submissions.actions import editors as verbs
from submissions.actions import entries, gate
from submissions.forms.editors import MEANING, HandOverForm, InviteForm, RoleForm
from submissions.models import Editor, Submission
from submissions.views import frame
from submissions.views.frame import SignedIn


@dataclass(frozen=True)
class EditorRow:
    """A line of the list: an editor, or an open invitation."""

    editor: Editor
    own: bool
    meaning: str
    since: datetime
    form: RoleForm | None
    """The role to change, for those who may."""
    removable: bool

    @property
    def name(self) -> str:
        return str(self.editor.user) if self.editor.user else self.editor.email


OFTEN = "In der letzten Stunde sind sehr viele Einladungen hinausgegangen."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def editors(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Who works here, who is invited, and the form that invites."""
    entry = frame.find(request.user, pk)
    form = InviteForm()
    if request.method != "POST":
        return _page(request, entry, form)
    gate.require(entry, by=request.user, may=permissions.may_invite)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, form, status=422)
    try:
        throttle.require(request, "invite", OFTEN, key=str(entry.pk))
        editor = verbs.invite(entry, by=request.user, **form.cleaned_data)
    except (NotAllowed, TooLate):
        raise
    except Refused as refusal:
        form.add_error("email", refusal.message)
        return _page(request, entry, form, status=refusal.status)
    messages.success(request, f"Die Einladung an {editor.email} ist unterwegs.")
    return redirect(_list(entry))


@login_required
@require_http_methods(["POST"])
def change(request: SignedIn, pk: uuid.UUID, editor: int) -> HttpResponse:
    """Another role for one person, or for an open invitation."""
    entry = frame.find(request.user, pk)
    row = get_object_or_404(_editors(entry), pk=editor)
    gate.require(entry, by=request.user, may=permissions.may_invite)
    form = RoleForm(row, request.POST)
    if not form.is_valid():
        return _page(request, entry, InviteForm(), wrong=(row.pk, form), status=422)
    row = verbs.change_role(row, role=form.cleaned_data["role"], by=request.user)
    messages.success(request, f"{row.user or row.email} darf jetzt: {row.get_role_display()}.")
    return redirect(_list(entry))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, pk: uuid.UUID, editor: int) -> HttpResponse:
    """Asks once more, then ends somebody's part, one's own, or withdraws an invitation."""
    entry = frame.find(request.user, pk)
    row = get_object_or_404(_editors(entry), pk=editor)
    own = row.user_id == request.user.pk
    gate.require(entry, by=request.user, may=permissions.may_read if own else permissions.may_invite)
    if request.method == "POST":
        verbs.remove(row, by=request.user)
        messages.success(request, _removed(row, own, entry))
        return redirect("submissions:index") if own else redirect(_list(entry))
    context = frame.context(request.user, entry, editor=row, own=own, person=row.user or row.email)
    return render(request, "submissions/editor_remove.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Explains what changes, then makes somebody who takes part the owner."""
    entry = frame.find(request.user, pk)
    gate.require(entry, by=request.user, may=permissions.may_hand_over)
    people = {editor.pk: editor for editor in _editors(entry) if editor.user}
    form, status = HandOverForm(people.values()), 200
    if request.method == "POST":
        form, status = HandOverForm(people.values(), request.POST), 422
        heir = people[form.cleaned_data["to"]].user if form.is_valid() else None
        if heir:
            entries.hand_over(entry, to=heir, by=request.user)
            messages.success(
                request, f"{heir} hat die Einreichung übernommen. Sie dürfen weiter bearbeiten und einreichen."
            )
            return redirect(_list(entry))
    context = frame.context(request.user, entry, form=form, nobody=not people)
    return render(request, "submissions/hand_over.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What a link from an invitation mail leads to: who invites to what; accepting needs a login."""
    editor = verbs.invited(token)
    if editor is None:
        return render(request, "submissions/invitation_invalid.html", {"used": False}, status=404)
    user, entry = request.user, editor.submission
    joined = isinstance(user, User) and permissions.may_read(user, entry)
    if editor.user_id and not joined:
        return render(request, "submissions/invitation_invalid.html", {"used": True}, status=409)
    if request.method == "POST" and not joined:
        if not isinstance(user, User):
            return redirect_to_login(request.path)
        verbs.accept(editor, by=user)
        messages.success(request, f"Sie wirken jetzt mit. Sie dürfen: {editor.get_role_display()}.")
    if request.method == "POST":
        return redirect(entry)
    back = urlencode({"next": request.path})
    context = {
        "editor": editor,
        "entry": entry,
        "joined": joined,
        "meaning": MEANING[Editor.Role(editor.role)],
        "open": workflow.is_open(entry, clock.now()),
        "login_url": f"{reverse('account_login')}?{back}",
        "signup_url": f"{reverse('account_signup')}?{back}",
    }
    return render(request, "submissions/invitation.html", context)


def _page(
    request: SignedIn,
    entry: Submission,
    form: InviteForm,
    *,
    wrong: tuple[int, RoleForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the list; `wrong` is the role form with errors and the row it belongs to."""
    user = request.user
    may_invite = permissions.may_invite(user, entry) and workflow.is_open(entry, clock.now())
    rows = [_row(editor, user, entry, may_invite, dict([wrong] if wrong else [])) for editor in _editors(entry)]
    context = frame.context(
        user,
        entry,
        form=form,
        wrong=wrong[1] if wrong else form,
        people=[row for row in rows if row.editor.user_id],
        invitations=[row for row in rows if not row.editor.user_id],
        may_invite=may_invite,
        owner_is_me=entry.owner_id == user.pk,
        full=len(rows) >= verbs.MOST,
        most=verbs.MOST,
    )
    return render(request, "submissions/editors.html", context, status=status)


def _row(editor: Editor, user: User, entry: Submission, may_invite: bool, wrong: dict[int, RoleForm]) -> EditorRow:
    own = editor.user_id == user.pk
    return EditorRow(
        editor=editor,
        own=own,
        meaning=MEANING[Editor.Role(editor.role)],
        since=editor.accepted_at or editor.invited_at,
        form=wrong.get(editor.pk) or RoleForm(editor) if may_invite and not own else None,
        removable=may_invite or (own and workflow.is_open(entry, clock.now())),
    )


def _removed(editor: Editor, own: bool, entry: Submission) -> str:
    if own:
        return f"Sie wirken nicht mehr an „{entry.heading}“ mit."
    if editor.user:
        return f"{editor.user} wirkt nicht mehr mit."
    return f"Die Einladung an {editor.email} gilt nicht mehr."


def _editors(entry: Submission) -> QuerySet[Editor]:
    return entry.editors.select_related("submission", "user", "invited_by")


def _list(entry: Submission) -> str:
    return reverse("submissions:editors", args=[entry.pk]) + "#stand"
