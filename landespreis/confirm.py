"""The page of the admin that asks once more before a verb: what will happen, a form where one is needed, the button.

Where a mail goes with the verb, the button leads to the mail first: it is shown as it will go, and what was filled in
travels hidden to the button below it. The verb gets the mark of what was shown as `seen`, and refuses another mail.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from landespreis.outgoing import Outgoing
from landespreis.readonly import kept
from landespreis.refusal import MailChanged, Overtaken, Refused

MOST_CHOSEN = 400
"""Rows of a list that one question is about: their keys travel along, and a form has only so many fields."""


class NoForm(forms.Form):
    """Nothing to fill in: the button alone."""


@dataclass(frozen=True)
class Question:
    """What is asked: `about` names the row, `back` its page, `verb` is called with the form's values.

    `letter` is called with the same values and returns the mail that goes with the verb, or None; with it the person
    sees the mail before the verb, under the heading `mailed`, and the button then says `send`. `after` returns where
    the answer leads to from what the verb returned, else `back`. `carried` are values that go along, hidden, from
    step to step. An empty `done` leaves it to the verb to tell what it did.
    """

    title: str
    about: str
    sentences: Sequence[str]
    button: str
    back: str
    done: str
    verb: Callable[..., Any]
    form: Callable[..., forms.Form] = NoForm
    initial: dict[str, Any] | None = None
    letter: Callable[..., Outgoing | None] | None = None
    send: str = ""
    mailed: str = "Diese E-Mail geht hinaus"
    after: Callable[[Any], str] | None = None
    carried: Mapping[str, str | int | Sequence[str]] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def ask(page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question) -> HttpResponse:
    """Show the question, or after its button call the verb; a refusal stands above the question.

    Who may ask at all is for the caller to check.
    """
    form = question.form(request.POST if request.method == "POST" else None, initial=question.initial)
    if request.method != "POST" or not form.is_valid():
        return _page(page, request, question, form, shown=bool(question.letter and not form.fields))
    if question.letter is None:
        return _answer(page, request, question, form, {})
    if "confirmed" in request.POST:
        return _answer(page, request, question, form, {"seen": request.POST.get("seen", "")})
    if "change" in request.POST:
        return _page(page, request, question, form)
    return _page(page, request, question, form, shown=True)


def ask_of_chosen(
    page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question, rows: Sequence[Model]
) -> HttpResponse:
    """Ask like `ask` from an action of a list: which one and the chosen rows go along; its first POST only chose."""
    if len(rows) > MOST_CHOSEN:
        page.message_user(request, f"Bitte wählen Sie höchstens {MOST_CHOSEN} auf einmal.", messages.ERROR)
        return redirect(kept(page, request, question.back))
    keys = [str(row.pk) for row in rows]
    carried = {"action": request.POST["action"], ACTION_CHECKBOX_NAME: keys}
    question = replace(question, carried={**question.carried, **carried})
    if "confirmed" in request.POST:
        return ask(page, request, question)
    return show(page, request, question)


def show(page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question) -> HttpResponse:
    """Show the question whatever led to it, as where a list has sent what was chosen in it."""
    return _page(page, request, question, question.form(initial=question.initial))


def _answer(
    page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question, form: forms.Form, seen: dict[str, str]
) -> HttpResponse:
    try:
        result = question.verb(**form.cleaned_data, **seen)
    except Overtaken as refusal:
        page.message_user(request, refusal.message, messages.ERROR)
        return redirect(kept(page, request, question.back))
    except Refused as refusal:
        page.message_user(request, refusal.message, messages.ERROR)
        return _page(page, request, question, form, shown=isinstance(refusal, MailChanged))
    if question.done:
        page.message_user(request, question.done)
    return redirect(kept(page, request, question.after(result) if question.after else question.back))


def _page(
    page: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question, form: forms.Form, *, shown: bool = False
) -> HttpResponse:
    values = form.cleaned_data if form.is_bound else {}
    outgoing = question.letter(**values) if shown and question.letter else None
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": form.media,
        "title": question.title,
        "question": question,
        "back": kept(page, request, question.back),
        "preserved_filters": page.get_preserved_filters(request),
        "form": form,
        "shown": shown,
        "outgoing": outgoing,
        "filled": [*_carried(question), *(_filled(request, form) if shown else [])],
    }
    return TemplateResponse(request, "admin/confirm.html", context)


def _carried(question: Question) -> Iterator[tuple[str, str]]:
    for name, value in question.carried.items():
        yield from ((name, str(one)) for one in ([value] if isinstance(value, str | int) else value))


def _filled(request: HttpRequest, form: forms.Form) -> list[tuple[str, str]]:
    """Return what was filled in, as it came: fields rendered hidden would keep attributes that HTML forbids there."""
    names = {name for field in form.fields for name in (field, f"{field}_0", f"{field}_1")}
    return [(name, str(value)) for name, value in request.POST.items() if name in names]
