"""The texts that staff keep, in the admin: shipped ones and their own, worded anew, and the way back."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from landespreis import audiences
from landespreis.circulars import texts, wording_actions
from landespreis.circulars.forms import NewTextForm, TextForm
from landespreis.circulars.texts import Text
from landespreis.confirm import Question, ask
from landespreis.models import Wording

FOLDER = "admin/landespreis"


@admin.register(Wording)
class WordingAdmin(admin.ModelAdmin[Wording]):
    """Shipped texts are no rows, so the list and the form are pages of our own."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("neu/", wrap(self.write), name=_name("write")),
            path("text/<slug:key>/", wrap(self.word), name=_name("word")),
            path("text/<slug:key>/zuruecksetzen/", wrap(self.reset), name=_name("reset")),
            path("text/<slug:key>/loeschen/", wrap(self.drop), name=_name("drop")),
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Wording | None = None) -> bool:
        return False  # the page asks in its own words

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = texts.everything()
        kinds = audiences.kinds()
        context = {
            "circulars": [(row, kinds[row.kind].label if row.kind in kinds else "") for row in rows if not row.is_mail],
            "mails": [row for row in rows if row.is_mail],
            "may_change": self.has_change_permission(request),
        }
        return self._page(request, "wordings", "Textvorlagen", **context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect(f"admin:{_name('write')}")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = get_object_or_404(Wording, pk=int(object_id) if object_id.isdecimal() else 0)
        return redirect(_url("word", row.key))

    def write(self, request: HttpRequest) -> HttpResponse:
        """A text of staff's own."""
        self._require(request)
        form = NewTextForm(request.POST or None)
        if form.is_valid():
            data = form.cleaned_data
            wording_actions.add(
                by=_person(request), kind=data["kind"], title=data["title"], subject=data["subject"], body=data["text"]
            )
            self.message_user(request, f"Die Vorlage „{data['title']}“ ist gespeichert.")
            return redirect(f"admin:{_name('changelist')}")
        kinds = [kind for kind in audiences.kinds().values() if kind.own]
        return self._page(
            request, "wording", "Neue Textvorlage", form=form, text=None, common=audiences.COMMON, kinds=kinds
        )

    def word(self, request: HttpRequest, key: str) -> HttpResponse:
        """The words of a text, with its placeholders beside them and the shipped words below."""
        self._require(request)
        text = _found(key)
        initial = {"title": text.title, "subject": text.subject, "text": text.text}
        form = TextForm(text, request.POST or None, initial=initial)
        if form.is_valid():
            data = form.cleaned_data
            wording_actions.word(
                text, by=_person(request), subject=data.get("subject", ""), body=data["text"],
                title=data.get("title", ""),
            )  # fmt: skip
            self.message_user(request, f"Die Vorlage „{data.get('title') or text.title}“ ist gespeichert.")
            return redirect(f"admin:{_name('changelist')}")
        return self._page(request, "wording", text.title, form=form, text=text, common=text.placeholders, kinds=[])

    def reset(self, request: HttpRequest, key: str) -> HttpResponse:
        self._require(request)
        text, by = _found(key), _person(request)
        question = Question(
            title="Zurück zum mitgelieferten Text",
            about=text.title,
            sentences=["Ihr eigener Text wird gelöscht. Von jetzt an gilt wieder, was das Portal mitbringt."],
            button="Zurück zum mitgelieferten Text",
            back=_url("word", key),
            done="Es gilt wieder der mitgelieferte Text.",
            verb=lambda: wording_actions.reset(text, by=by),
        )
        return ask(self, request, question)

    def drop(self, request: HttpRequest, key: str) -> HttpResponse:
        self._require(request)
        text, by = _found(key), _person(request)
        question = Question(
            title="Vorlage löschen",
            about=text.title,
            sentences=["Nachrichten, die aus dieser Vorlage entstanden sind, bleiben, wie sie sind."],
            button="Vorlage löschen",
            back=reverse(f"admin:{_name('changelist')}"),
            done="Die Vorlage ist gelöscht.",
            verb=lambda: wording_actions.delete(text, by=by),
        )
        return ask(self, request, question)

    def _require(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        if "form" in context:
            whole["media"] = context["form"].media
        return TemplateResponse(request, f"{FOLDER}/{template}.html", whole)


def _found(key: str) -> Text:
    text = texts.find(key)
    if text is None:
        raise Http404
    return text


def _person(request: HttpRequest) -> AbstractBaseUser:
    assert isinstance(request.user, AbstractBaseUser)  # the admin lets nobody else in
    return request.user


def _name(name: str) -> str:
    return f"landespreis_wording_{name}"


def _url(name: str, key: str) -> str:
    return reverse(f"admin:{_name(name)}", args=[key])
