"""The formal check in the admin of entries: the page of each verb, the queue, the checklist, and admitting many."""

import uuid

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path

from accounts.models import User
from landespreis.refusal import Overtaken
from submissions.actions import ruling
from submissions.admin.admitting import Admitting
from submissions.admin.cases import TITLES, case, checker, offered, title
from submissions.admin.confirm import ask
from submissions.admin.questions import question
from submissions.admin.reviewing import Reviewing
from submissions.models import Submission


class FormalCheck(Reviewing, Admitting, admin.ModelAdmin[Submission]):
    """Mixin: everything the Geschäftsstelle does in the formal check."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.check_entry)
        return [path("<uuid:pk>/pruefung/<slug:act>/", view, name="submissions_check"), *super().get_urls()]

    def check_buttons(self, user: User, entry: Submission | None) -> list[tuple[str, str]]:
        """Return title and address of what this person can decide about the entry now."""
        if entry is None or entry.current_id is None:
            return []
        of = case(entry, user)
        return [(title(of, slug), of.link(slug)) for slug in offered(of)]

    def check_entry(self, request: HttpRequest, pk: uuid.UUID, act: str) -> HttpResponse:
        """Ask once more, with a reason where one is needed, show the mail that goes, and decide."""
        user = checker(request)
        if act not in TITLES:
            raise Http404
        rows = Submission.objects.select_related("round", "owner")
        entry = get_object_or_404(rows, pk=pk, current__isnull=False)
        read = request.POST.get("read") or request.GET.get("gelesen", "")
        flow = request.POST.get("reihe") or request.GET.get("reihe", "")
        of = case(entry, user, read=read, flow=flow)
        try:
            ruling.require_unchanged(entry, of.read, user)
        except Overtaken as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return redirect(of.page)
        asked = question(of, act)
        if asked is None:
            self.message_user(request, "Dazu gibt es hier gerade nichts zu entscheiden.", messages.WARNING)
            return redirect(of.page)
        return ask(self, request, asked)
