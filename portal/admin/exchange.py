"""Tables of projects in the admin: taking them out, bringing them in with a look at what would change."""

import io
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from landespreis import clock, files, journal
from landespreis.office import log_all
from landespreis.refusal import Refused
from portal.actions.exchange import parking, verbs
from portal.actions.exchange.resource import COLUMNS
from portal.actions.exchange.tables import Form
from portal.actions.exchange.verbs import Look
from portal.admin.frame import person
from portal.forms.exchange import TableForm
from portal.models import Project

SHOWN = 200
"""Rows of a table that are shown; all of them count."""


class Exchange(admin.ModelAdmin[Project]):
    """Mixin: adds the two pages to the admin of projects."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("ausgeben/", wrap(self.take_out), name="portal_take_out"),
            path("einspielen/", wrap(self.bring_in), name="portal_bring_in"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"may_bring_in": self.has_exchange_permission(request)}
        return super().changelist_view(request, (extra_context or {}) | context)

    def has_exchange_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may bring projects in: that adds some and changes others."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def take_out(self, request: HttpRequest) -> HttpResponseBase:
        """Offer the projects of the filtered list as a file; that it is taken is written down, so it goes with POST."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect("admin:portal_project_changelist")
        wanted = request.POST.get("als", "")
        if wanted in set(Form):
            about = f"Projekte ({wanted.upper()})"
            journal.note(journal.Verb.EXPORTED, by=person(request), about=about, key="projekte", form=wanted)
            return _file(found, Form(wanted))
        context = {
            "title": "Projekte ausgeben",
            "count": found.count(),
            "is_filtered": bool(request.GET),
            "forms": list(Form),
        }
        return TemplateResponse(request, "admin/portal/take_out.html", self._context(request) | context)

    def bring_in(self, request: HttpRequest) -> HttpResponse:
        """Show what a file would change; after the button, store it."""
        if not self.has_exchange_permission(request):
            raise PermissionDenied
        if "token" in request.POST:
            return self._store(request, request.POST["token"])
        form = TableForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        look, token = self._look(request, form) if form.is_valid() else (None, "")
        context = {"title": "Projekte einspielen", "form": form, "look": look, "token": token, "columns": COLUMNS}
        context |= {"lines": look.lines[:SHOWN], "wrong": look.wrong[:SHOWN], "shown": SHOWN} if look else {}
        return TemplateResponse(request, "admin/portal/bring_in.html", self._context(request) | context)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts}

    def _look(self, request: HttpRequest, form: TableForm) -> tuple[Look | None, str]:
        content = form.cleaned_data["table"].read()
        try:
            look = verbs.look_at(content)
            ready = not look.wrong and (look.new or look.changed)
            return look, parking.park(content, by=person(request)) if ready else ""
        except Refused as refusal:
            form.add_error("table", refusal.message)
            return None, ""

    def _store(self, request: HttpRequest, token: str) -> HttpResponse:
        by = person(request)
        try:
            look = _bring_in(request, parking.fetch(token, by=by))
        except Refused as refusal:
            self.message_user(request, refusal.message, "ERROR")
            return redirect("admin:portal_bring_in")
        parking.release(token, by=by)
        said = f"Eingespielt: {len(look.new)} neu, {len(look.changed)} geändert, {look.same} unverändert."
        self.message_user(request, said)
        return redirect("admin:portal_project_changelist")


@transaction.atomic
def _bring_in(request: HttpRequest, content: bytes) -> Look:
    """Store the projects with the lines that tell of it, or neither. Raises Refused."""
    look = verbs.bring_in(content)
    for rows, verb in ((look.new, journal.Verb.ADMIN_ADDED), (look.changed, journal.Verb.ADMIN_CHANGED)):
        log_all(request, verb, rows, "Aus einer Tabelle eingespielt.")
    new, changed = len(look.new), len(look.changed)
    journal.note(journal.Verb.IMPORTED, by=person(request), about="Projekte", new=new, changed=changed)
    return look


def _file(found: "QuerySet[Project]", form: Form) -> HttpResponseBase:
    content = verbs.take_out(found, form)
    name = f"projekte-{clock.now().astimezone(clock.BERLIN):%Y-%m-%d}.{form}"
    return files.serve(io.BytesIO(content), name=name, content_type=form.mimetype)
