"""Requests for help in the admin: the queue, the draft while a request is open, the answer, and the end of it.

Only here does the office read a draft. Each opening is written down by the verb that hands the draft out.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from accounts.models import User
from landespreis import clock, files, wording
from submissions import checks, draft, payload, permissions, sheet, workflow
from submissions.actions import helping as verbs
from submissions.admin.confirm import Question, ReasonForm, ask
from submissions.admin.journal import called
from submissions.admin.readonly import FoundByNumber, NoChanges, ReadOnlyInline
from submissions.models import Attachment, HelpAnswer, HelpRequest


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="Antwort",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
        error_messages={"required": "Bitte schreiben Sie eine Antwort."},
    )
    close = forms.TypedChoiceField(
        label="Danach",
        coerce=lambda value: value == "ja",
        choices=[("ja", "ist die Bitte erledigt, der Entwurf schließt sich"), ("nein", "bleibt die Bitte offen")],
        initial="ja",
        widget=forms.RadioSelect,
    )


class StateFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("wartet", "zu beantworten"), ("offen", "offen"), ("abgelaufen", "abgelaufen"), ("beendet", "beendet"),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: "QuerySet[HelpRequest]") -> "QuerySet[HelpRequest]":
        now = clock.now()
        if self.value() == "wartet":
            return queryset.filter(pk__in=HelpRequest.objects.waiting(now))
        wanted: dict[str | None, dict[str, Any]] = {
            "offen": {"ended_at__isnull": True, "until__gt": now},
            "abgelaufen": {"ended_at__isnull": True, "until__lte": now},
            "beendet": {"ended_at__isnull": False},
        }
        return queryset.filter(**wanted.get(self.value(), {}))


class AnswerInline(ReadOnlyInline):
    model = HelpAnswer
    fields = ("at", "by", "text")
    verbose_name_plural = "Antworten"


@admin.register(HelpRequest)
class HelpRequestAdmin(FoundByNumber, NoChanges, admin.ModelAdmin[HelpRequest]):
    to_entry = "submission__"
    list_display = ("entry", "short_question", "asked_by", "asked", "state", "runs_until")
    list_filter = (StateFilter, "submission__round")
    list_select_related = ("submission__round", "submission__lead", "asked_by", "ended_by")
    search_fields = ("submission__lead__label", "asked_by__name", "asked_by__email")
    search_help_text = "Nummer, Kommune oder Person"
    fields = readonly_fields = ("entry_link", "asked_by", "asked", "question", "state", "runs_until")
    inlines = (AnswerInline,)
    change_form_template = "admin/submissions/help_request.html"

    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(address, self.admin_site.admin_view(view), name=f"submissions_help_{name}")
            return found

        return [
            page("<int:pk>/entwurf/", require_safe(self.draft), "draft"),
            page("<int:pk>/entwurf/dateien/<uuid:file>/", require_safe(self.file), "file"),
            page("<int:pk>/antworten/", self.answer, "answer"),
            page("<int:pk>/beenden/", self.end, "end"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = self.get_object(request, object_id)
        may = isinstance(request.user, User) and permissions.may_help(request.user)
        extra = {
            "readable": may and asked is not None and workflow.is_helping(asked, clock.now()),
            "answerable": may and asked is not None and asked.ended_at is None,
            "show_close": True,
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole draft, read-only, as long as the request is open."""
        asked = _asked(request, pk)
        now_draft = verbs.look(asked, by=_person(request))
        content = payload.content(now_draft)
        links = {str(file.pk): _link(asked, file) for file in now_draft.files}
        criteria = {criterion.key: f"Kriterium {criterion.position}" for criterion in now_draft.criteria}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Entwurf ansehen",
            "asked": asked,
            "about": called(asked.submission),
            "sheet": sheet.of(content, criteria=criteria, links=links),
            "missing": _missing(now_draft),
        }
        response = TemplateResponse(request, "admin/submissions/draft.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def file(self, request: HttpRequest, pk: int, file: Any) -> HttpResponseBase:
        """A file of the draft, likewise."""
        found = verbs.look_at_file(_asked(request, pk), file, by=_person(request))
        if found is None:
            raise Http404
        return files.serve(found.file, name=found.name, content_type=found.mimetype)

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write back, and close the draft or leave it open."""
        asked = _asked(request, pk)
        return ask(
            self,
            request,
            Question(
                title="Antworten",
                about=f"{called(asked.submission)}: Frage von {asked.asked_by}",
                sentences=(
                    f"„{asked.question}“",
                    (
                        "Die Antwort geht per E-Mail an die Person, die gefragt hat, und an die verantwortliche, und "
                        "steht auf der Seite der Einreichung. Im Verlauf steht, dass Sie geantwortet haben."
                    ),
                ),
                button="Antwort senden",
                back=_back(asked),
                done="Die Antwort ist unterwegs.",
                verb=partial(verbs.answer, asked, by=_person(request)),
                form=AnswerForm,
            ),
        )

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a request without an answer, with the reason."""
        asked = _asked(request, pk)
        return ask(
            self,
            request,
            Question(
                title="Hilfe beenden",
                about=f"{called(asked.submission)}: Frage von {asked.asked_by}",
                sentences=("Den Entwurf kann dann niemand der Geschäftsstelle mehr lesen.",
                           "Alle Mitwirkenden erhalten eine E-Mail mit dem Grund."),
                button="Hilfe beenden",
                back=_back(asked),
                done="Die Hilfe ist beendet.",
                verb=partial(verbs.end, asked, by=_person(request)),
                form=ReasonForm,
            ),
        )  # fmt: skip

    @admin.display(description="gebeten am", ordering="asked_at")
    def asked(self, row: HelpRequest) -> str:
        return wording.moment_short(row.asked_at)

    @admin.display(description="Einreichung", ordering="submission__number")
    def entry(self, row: HelpRequest) -> str:
        return called(row.submission)

    @admin.display(description="Einreichung")
    def entry_link(self, row: HelpRequest) -> SafeString:
        url = reverse("admin:submissions_submission_change", args=[row.submission_id])
        return format_html('<a href="{}">{}</a>', url, called(row.submission))

    @admin.display(description="Frage")
    def short_question(self, row: HelpRequest) -> str:
        return Truncator(row.question).chars(100)

    @admin.display(description="Stand")
    def state(self, row: HelpRequest) -> str:
        if row.ended_at is None:
            return "offen" if workflow.is_helping(row, clock.now()) else "abgelaufen"
        by = f" von {row.ended_by}" if row.ended_by else ""
        return f"beendet am {wording.moment_short(row.ended_at)}{by}"

    @admin.display(description="Entwurf einsehbar bis", ordering="until")
    def runs_until(self, row: HelpRequest) -> str:
        return wording.moment_short(row.until)


def _asked(request: HttpRequest, pk: int) -> HelpRequest:
    """Return the request for somebody who may help; 403 for everybody else."""
    if not permissions.may_help(_person(request)):
        raise PermissionDenied
    related = ("submission__round", "submission__lead", "submission__current", "asked_by")
    return get_object_or_404(HelpRequest.objects.select_related(*related), pk=pk)


def _link(asked: HelpRequest, file: Attachment) -> sheet.Link:
    if file.scan != Attachment.Scan.CLEAN:
        return sheet.Link("", file.get_scan_display())
    return sheet.Link(reverse("admin:submissions_help_file", args=[asked.pk, file.pk]))


def _missing(now_draft: draft.Draft) -> list[str]:
    titles = {spec.key: spec.title for spec in now_draft.sections}
    return [f"{titles[problem.section]}: {problem.message}" for problem in checks.problems(now_draft, clock.now())]


def _back(asked: HelpRequest) -> str:
    return reverse("admin:submissions_helprequest_change", args=[asked.pk])


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
