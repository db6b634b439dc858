"""The page that asks once more before a verb: what will happen, a form where one is needed, and the button."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from landespreis.office import kept
from landespreis.refusal import Refused


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        error_messages={"required": "Bitte nennen Sie den Grund."},
    )


class DeadlineForm(forms.Form):
    until = forms.SplitDateTimeField(
        label="Neue Frist",
        widget=AdminSplitDateTime,
        help_text="Der erste Augenblick, in dem nichts mehr angenommen wird. Ortszeit in Nordrhein-Westfalen.",
    )
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="Steht im Verlauf der Einreichung.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["until"].widget
        assert isinstance(widget, AdminSplitDateTime)
        for part, name in zip(widget.widgets, ("Datum", "Uhrzeit"), strict=True):
            part.attrs["aria-label"] = f"Neue Frist, {name}"


class NoForm(forms.Form):
    """Nothing to fill in: the button alone."""


@dataclass(frozen=True)
class Question:
    """What is asked: `about` names the row, `back` its page, `verb` is called with the form's values."""

    title: str
    about: str
    sentences: Sequence[str]
    button: str
    back: str
    done: str
    verb: Callable[..., Any]
    form: Callable[..., forms.Form] = NoForm
    initial: dict[str, Any] | None = None


def ask(page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question) -> HttpResponse:
    """Show the question, or after its button call the verb; a refusal stands above the question.

    Who may ask at all is for the caller to check.
    """
    form = question.form(request.POST if request.method == "POST" else None, initial=question.initial)
    if request.method == "POST" and form.is_valid():
        try:
            question.verb(**form.cleaned_data)
        except Refused as refusal:
            page.message_user(request, refusal.message, messages.ERROR)
        else:
            page.message_user(request, question.done)
            return redirect(kept(page, request, question.back))
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": form.media,
        "title": question.title,
        "question": question,
        "back": kept(page, request, question.back),
        "preserved_filters": page.get_preserved_filters(request),
        "form": form,
    }
    return TemplateResponse(request, "admin/confirm.html", context)
