"""The page of the admin that asks once more before a verb on what is kept, and its forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from landespreis.models import RetentionRun
from landespreis.refusal import Refused


class NoForm(forms.Form):
    """Nothing to fill in: the button alone."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        error_messages={"required": "Bitte nennen Sie den Grund."},
        help_text="Steht im Verlauf des Portals. Bitte keine Namen und keine Inhalte.",
    )


class OfferForm(forms.Form):
    on = forms.DateField(label="Angeboten am", widget=AdminDateWidget)


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(label="Antwort", choices=RetentionRun.Answer.choices)
    on = forms.DateField(label="Vom", widget=AdminDateWidget)
    reference = forms.CharField(
        label="Aktenzeichen", max_length=100, required=False, help_text="Leer nur, wenn keine Antwort kam."
    )


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
    form: type[forms.Form] = NoForm
    initial: dict[str, Any] | None = None


def ask(page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question) -> HttpResponse:
    """Show the question, or after its button call the verb; a refusal stands above the question."""
    form = question.form(request.POST if request.method == "POST" else None, initial=question.initial)
    if request.method == "POST" and form.is_valid():
        try:
            question.verb(**form.cleaned_data)
        except Refused as refusal:
            page.message_user(request, refusal.message, messages.ERROR)
        else:
            page.message_user(request, question.done)
            return redirect(question.back)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": form.media,
        "title": question.title,
        "question": question,
        "form": form,
    }
    return TemplateResponse(request, "admin/confirm.html", context)
