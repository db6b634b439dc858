"""Entries of the award that may be taken over into the directory, in the admin: one by one, or several at once."""

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from landespreis import wording
from landespreis.confirm import Question, ask, show
from landespreis.refusal import Refused
from portal import entries
from portal.actions import adoption as verbs
from portal.admin.frame import person
from portal.models import Project
from submissions.models import Submission

AT_ONCE = 10
"""Entries per request."""
IMAGES_AT_ONCE = 10
"""Images per request: of each the smaller copies are made. One entry is always taken, whatever it brings."""
SHOWN = 200


class Adoption(admin.ModelAdmin[Project]):
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
            return self._chosen(request)
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

    def _chosen(self, request: HttpRequest) -> HttpResponse:
        """Take over one, or ask once more about several, and then take over those."""
        keys = [key for text in request.POST.getlist("entry") for key in text.split(" ")]
        if "one" in request.POST:
            keys = [request.POST["one"]]
        rows = self._rows(keys)
        if "one" in request.POST or not rows:
            self._adopt(request, rows)
            return redirect("admin:portal_adoption")
        question = _asked(rows, partial(self._adopt, request, rows))
        return ask(self, request, question) if "confirmed" in request.POST else show(self, request, question)

    def _rows(self, keys: list[str]) -> list[Any]:
        """Return those that still wait, each with how many `images` it has."""
        chosen = entries.waiting().filter(pk__in=filter(_is_key, keys[:SHOWN]))
        return list(chosen.annotate(images=Count("current__files", filter=Q(current__files__kind="bild"))))

    def _adopt(self, request: HttpRequest, rows: list[Any]) -> None:
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


def _asked(rows: list[Any], verb: Callable[[], None]) -> Question:
    turn = _at_once(rows)
    rest = "Mehr geht nicht auf einmal. Die übrigen stehen danach noch in der Liste."
    return Question(
        title="Beiträge übernehmen",
        about="1 Beitrag" if len(turn) == 1 else f"{len(turn)} Beiträge",
        sentences=[
            (
                "Es entsteht je eine Kopie der eingereichten Version. Sie ist noch nicht öffentlich, und die "
                "Einreichung selbst ändert sich nicht."
            ),
            *(f"{row.label} {row.submitted_title}" for row in turn),
            *([rest] if len(rows) > len(turn) else []),
        ],
        button="Übernehmen",
        back=reverse("admin:portal_adoption"),
        done="",
        verb=verb,
        carried={"entry": " ".join(str(row.pk) for row in rows)},
    )


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
