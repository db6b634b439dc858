"""The page of the admin for one person: find them, see what is held, hand it out, correct it, delete what may go.

Everything is posted: a name or an address never stands in an address of a page, where logs would keep it.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from landespreis import files
from landespreis.records import asking, disclosing, permissions
from landespreis.refusal import Refused


class SearchForm(forms.Form):
    text = forms.CharField(
        label="Name oder E-Mail-Adresse",
        max_length=150,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="Mindestens drei Zeichen. Gesucht wird auch unter Anmeldungen, Anfragen, Ansprechpersonen und Jury.",
    )


class EraseForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Zum Beispiel „Antrag vom 3. März 2027“. Bitte ohne Namen: Er steht auf Dauer im Verlauf.",
    )


class CorrectForm(EraseForm):
    name = forms.CharField(
        label="Vor- und Nachname", max_length=120, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    email = forms.EmailField(
        label="E-Mail-Adresse",
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
        help_text="Die Adresse eines Kontos ändert nur die Administration.",
    )
    field_order = ("name", "email", "reason")


def person(request: HttpRequest) -> HttpResponseBase:
    """Show the step that was posted; without one the search."""
    if not permissions.may_disclose(asking.person(request)):
        raise PermissionDenied
    step = STEPS.get(request.POST.get("schritt", ""), _search)
    try:
        return step(request)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show(request) if request.POST.get("wer") else _search(request, bound=False)


def _search(request: HttpRequest, bound: bool = True) -> HttpResponse:
    form = SearchForm(request.POST if bound and "text" in request.POST else None)
    found = disclosing.search(form.cleaned_data["text"]) if form.is_valid() else None
    return _page(request, "search", "Auskunft über gespeicherte Daten", form=form, found=found, most=disclosing.MOST)


def _show(request: HttpRequest) -> HttpResponse:
    who = _who(request)
    held = disclosing.look(who, by=asking.person(request))
    context = {
        "person": who,
        "tables": disclosing.tables(held),
        "may_erase": any(section.erase for section in held),
        "may_correct": any(section.correct for section in held),
    }
    return _page(request, "person", who.name or who.email, **context)


def _file(request: HttpRequest) -> HttpResponseBase:
    content = disclosing.disclose(_who(request), by=asking.person(request))
    return files.serve(content, name="Auskunft.zip", content_type="application/zip")


def _erase(request: HttpRequest) -> HttpResponse:
    who = _who(request)
    form = EraseForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        gone = disclosing.erase(who, by=asking.person(request), **form.cleaned_data)
        told = ", ".join(f"{title}: {number}" for title, number in gone.items())
        messages.success(request, f"Gelöscht: {told}. Was bleibt, steht unten mit dem Grund.")
        return _show(request)
    held = disclosing.look(who, by=asking.person(request))
    context = {
        "goes": [section for section in held if not section.stays],
        "stays": [section for section in held if section.stays],
    }
    return _page(request, "erase", "Daten einer Person löschen", person=who, form=form, **context)


def _correct(request: HttpRequest) -> HttpResponse:
    who = _who(request)
    initial = {"name": who.name, "email": request.POST["wer"]}
    form = CorrectForm(request.POST if "reason" in request.POST else None, initial=initial)
    if form.is_valid():
        disclosing.correct(who, by=asking.person(request), **form.cleaned_data)
        messages.success(request, "Die Angaben sind berichtigt. Die Person erhält eine Nachricht.")
        return _page(request, "search", "Auskunft über gespeicherte Daten", form=SearchForm(), found=None, most=0)
    return _page(request, "correct", "Angaben einer Person berichtigen", person=who, form=form)


def _who(request: HttpRequest) -> disclosing.Person:
    email = request.POST.get("wer", "").strip()
    if not email:
        raise Refused("Bitte suchen Sie zuerst die Person.")
    return disclosing.person_of(email)


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/records/{template}.html", whole)


STEPS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "suchen": _search,
    "zeigen": _show,
    "datei": _file,
    "loeschen": _erase,
    "berichtigen": _correct,
}
