"""Entries of the award that may be taken over into the directory, in the admin: one by one, or several at once."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from landespreis import wording
from landespreis.refusal import Refused
from portal import entries
from portal.actions import adoption as verbs
from portal.admin.frame import person
from submissions.models import Submission

AT_ONCE = 10
"""Entries per request: each may bring ten images, of which smaller copies are made."""
SHOWN = 200


class Adoption(admin.ModelAdmin):  # type: ignore[type-arg]
    """Mixin: adds the list to the admin of projects, for those who may read entries."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.adoption)
        return [path("beitraege/", view, name="portal_adoption"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"may_adopt": verbs.may_adopt(person(request))}
        return super().changelist_view(request, (extra_context or {}) | context)

    def adoption(self, request: HttpRequest) -> HttpResponse:
        """List the entries that wait; after a button, take over what it names."""
        if not verbs.may_adopt(person(request)):
            raise PermissionDenied
        if request.method == "POST":
            self._adopt(request, [request.POST["one"]] if "one" in request.POST else request.POST.getlist("entry"))
            return redirect("admin:portal_adoption")
        waiting = list(entries.waiting()[: SHOWN + 1])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Beiträge übernehmen",
            "waiting": waiting[:SHOWN],
            "has_more": len(waiting) > SHOWN,
            "at_once": wording.counted(AT_ONCE),
        }
        return TemplateResponse(request, "admin/portal/adoption.html", context)

    def _adopt(self, request: HttpRequest, keys: list[str]) -> None:
        rows = list(entries.waiting().filter(pk__in=filter(_is_key, keys[:SHOWN])))
        adopted = 0
        for row in rows[:AT_ONCE]:
            adopted += self._adopt_one(request, row)
        if adopted:
            words = "1 Beitrag ist" if adopted == 1 else f"{wording.counted(adopted).capitalize()} Beiträge sind"
            self.message_user(request, f"{words} übernommen, noch nicht öffentlich.")
        if len(rows) > AT_ONCE:
            left = len(rows) - AT_ONCE
            said = f"Auf einmal gehen {wording.counted(AT_ONCE)}. {left} weitere stehen noch hier."
            self.message_user(request, said, messages.WARNING)
        if not rows:
            self.message_user(request, "Wählen Sie Beiträge aus, die noch in der Liste stehen.", messages.WARNING)

    def _adopt_one(self, request: HttpRequest, entry: Submission) -> bool:
        try:
            project = verbs.adopt(entry, by=person(request))
        except Refused as refusal:
            self.message_user(request, f"{entry.label}: {refusal.message}", messages.WARNING)
            return False
        self.log_addition(request, project, f"Aus {entry.label} übernommen.")
        return True


def _is_key(text: str) -> bool:
    """Say whether `text` can name an entry at all."""
    try:
        Submission._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True
