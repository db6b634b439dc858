"""The page of the admin that asks once more before a verb: what will happen, a form where one is needed, the button."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from landespreis.refusal import Refused


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
    form: type[forms.Form] = NoForm
    initial: dict[str, Any] | None = None
    after: Callable[[Any], str] | None = None
    """Where to go from what the verb returned; without it `back`."""


def ask(page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question) -> HttpResponse:
    """Show the question, or after its button call the verb; a refusal stands above the question.

    Who may ask at all is for the caller to check.
    """
    form = question.form(request.POST if request.method == "POST" else None, initial=question.initial)
    if request.method == "POST" and form.is_valid():
        try:
            result = question.verb(**form.cleaned_data)
        except Refused as refusal:
            page.message_user(request, refusal.message, messages.ERROR)
        else:
            page.message_user(request, question.done)
            return redirect(question.after(result) if question.after else question.back)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": form.media,
        "title": question.title,
        "question": question,
        "form": form,
    }
    return TemplateResponse(request, "admin/confirm.html", context)
