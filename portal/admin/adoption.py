"""Entries of the award that may be taken over into the directory, in the admin: one by one, or several at once."""

from itertools import accumulate
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
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
"""Entries per request."""
IMAGES_AT_ONCE = 10
"""Images per request: of each the smaller copies are made. One entry is always taken, whatever it brings."""
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
        chosen = entries.waiting().filter(pk__in=filter(_is_key, keys[:SHOWN]))
        rows = list(chosen.annotate(images=Count("current__files", filter=Q(current__files__kind="bild"))))
        turn = _at_once(rows)
        adopted = sum(self._adopt_one(request, row) for row in turn)
        if adopted:
            words = "1 Beitrag ist" if adopted == 1 else f"{wording.counted(adopted).capitalize()} Beiträge sind"
            self.message_user(request, f"{words} übernommen, noch nicht öffentlich.")
        if len(rows) > len(turn):
            said = "Mehr ging nicht auf einmal. Die übrigen stehen noch hier; wählen Sie sie noch einmal aus."
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


def _at_once(rows: list[Any]) -> list[Any]:
    """Return the first rows that one request can take on; each carries how many `images` it has."""
    images = list(accumulate(row.images for row in rows[:AT_ONCE]))
    return [row for row, sum_ in zip(rows, images, strict=False) if row is rows[0] or sum_ <= IMAGES_AT_ONCE]


def _is_key(text: str) -> bool:
    """Say whether `text` can name an entry at all."""
    try:
        Submission._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True
