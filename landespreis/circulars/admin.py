"""Messages to groups in the admin: choose the group, write, look at every mail, release once, watch, read the log."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from landespreis import audiences, wording
from landespreis.audiences import Audience, Recipient
from landespreis.circulars import actions, letters, placeholders, standing, texts
from landespreis.circulars.forms import PREFIX, CircularForm, SeenForm
from landespreis.confirm import Question, ask
from landespreis.models import Circular
from landespreis.refusal import Refused

MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""Lets the HTML of a mail bring its own styles and nothing else."""
FOLDER = "admin/landespreis"
Status = Circular.Status


@admin.register(Circular)
class CircularAdmin(admin.ModelAdmin[Circular]):
    list_display = ("subject", "group", "status", "progress", "released")
    list_filter = ("status",)
    search_fields = ("subject", "text", "group")
    search_help_text = "Betreff, Text oder Gruppe"
    actions = None

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "vorschau": ("preview", self.preview),
            "vorschau/mail": ("preview_mail", self.preview_mail),
            "testmail": ("test", self.test),
            "freigeben": ("release", self.release),
            "abbrechen": ("cancel", self.cancel),
            "stand": ("progress", require_safe(self.progress_piece)),
        }
        wrap = self.admin_site.admin_view
        own = [path(f"<int:pk>/{way}/", wrap(view), name=_name(name)) for way, (name, view) in pages.items()]
        return [path("neu/<slug:key>/", wrap(self.write), name=_name("write")), *own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Circular | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == Status.DRAFT)

    def delete_model(self, request: HttpRequest, obj: Circular) -> None:
        actions.delete(obj, by=_person(request))

    # The list ---------------------------------------------------------------------------------------

    @admin.display(description="geschrieben an")
    def progress(self, circular: Circular) -> str:
        if circular.status == Status.DRAFT:
            return "–"
        return f"{wording.number(circular.done)} von {wording.number(circular.total)}"

    @admin.display(description="freigegeben", ordering="released_at")
    def released(self, circular: Circular) -> str:
        return wording.moment_short(circular.released_at) if circular.released_at else "–"

    # Writing ----------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Which group the message is for comes first: the placeholders depend on it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._page(request, "circular_groups", "An wen schreiben Sie?", groups=audiences.groups(_staff(request)))

    def write(self, request: HttpRequest, key: str) -> HttpResponse:
        """A new message to a group, empty or from a text that staff keep."""
        audience = audiences.find(key, _staff(request))
        if not self.has_add_permission(request):
            raise PermissionDenied
        if audience is None:
            raise Http404
        chosen = next((row for row in texts.fitting(audience.kind.key) if row.key == request.GET.get("vorlage")), None)
        initial = {"subject": chosen.subject, "text": chosen.text} if chosen else {}
        form = CircularForm(audience, request.POST or None, initial=initial)
        if form.is_valid():
            written = actions.write(
                audience, by=_person(request), params=form.params, subject=form.cleaned_data["subject"],
                text=form.cleaned_data["text"], template=chosen.title if chosen else "",
            )  # fmt: skip
            return redirect(_url("preview", written))
        return self._form(request, audience, form, chosen=chosen)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form while it is a draft; afterwards what became of it."""
        circular = self._readable(request, int(object_id) if object_id.isdecimal() else 0)
        if circular.status != Status.DRAFT:
            return self._record(request, circular)
        circular, audience = self._draft(request, circular.pk)
        params = {f"{PREFIX}{name}": value for name, value in circular.params.items()}
        form = CircularForm(
            audience, request.POST or None, initial=params | {"subject": circular.subject, "text": circular.text}
        )
        if form.is_valid():
            data = form.cleaned_data
            actions.change(
                circular, audience, by=_person(request), params=form.params, subject=data["subject"], text=data["text"]
            )
            return redirect(_url("preview", circular))
        return self._form(request, audience, form, circular=circular)

    def _form(self, request: HttpRequest, audience: Audience, form: CircularForm, **more: Any) -> HttpResponse:
        context = {"audience": audience, "form": form, "circular": None, "chosen": None, **more}
        context["offered"] = [] if context["circular"] else texts.fitting(audience.kind.key)
        title = "Nachricht bearbeiten" if context["circular"] else "Nachricht schreiben"
        return self._page(request, "circular_write", title, media=form.media, **context)

    # Looking ----------------------------------------------------------------------------------------

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail of one recipient after the other; what only they may read is left out."""
        circular, audience = self._draft(request, pk)
        members = audiences.members(audience, circular.params)
        place = _place(request, members)
        letter = letters.said(circular, actions.shown(audience, members[place]), audience.kind) if members else None
        used = placeholders.used(f"{circular.subject} {circular.text}")
        private = [row for row in audience.kind.placeholders if row.is_private and row.key in used]
        return self._page(
            request, "circular_preview", "Vorschau", circular=circular, members=members, letter=letter,
            one=members[place] if members else None, number=place + 1, private=private,
        )  # fmt: skip

    def preview_mail(self, request: HttpRequest, pk: int) -> HttpResponse:
        circular, audience = self._draft(request, pk)
        members = audiences.members(audience, circular.params)
        if not members:
            raise Http404
        one = members[_place(request, members)]
        response = HttpResponse(letters.said(circular, actions.shown(audience, one), audience.kind).html)
        response["Content-Security-Policy"] = MAIL_POLICY
        return response

    # Verbs ------------------------------------------------------------------------------------------

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        circular, _ = self._draft(request, pk)
        by = _person(request)
        question = Question(
            title="Testmail an mich",
            about=str(circular),
            sentences=[
                "Sie erhalten die Nachricht so, wie sie an die erste Person der Gruppe geht; im Betreff steht „Test“.",
                "Was nur diese Person lesen darf, ist darin ersetzt.",
            ],
            button="Testmail senden",
            back=_url("preview", circular),
            done="Die Testmail ist unterwegs zu Ihnen.",
            verb=lambda: actions.send_test(circular, by=by),
        )
        return ask(self, request, question)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say to whom it goes, and after the button release it."""
        circular, audience = self._draft(request, pk)
        form = SeenForm(request.POST or None)
        if form.is_valid():
            try:
                actions.release(circular, by=_person(request), seen=form.cleaned_data["seen"])
            except Refused as refusal:
                self.message_user(request, refusal.message, "ERROR")
            else:
                self.message_user(request, "Die Nachricht ist freigegeben und wird verschickt.")
                return redirect(_url("change", circular))
        members = audiences.members(audience, circular.params)
        seen = SeenForm(initial={"seen": actions.fingerprint(circular, members)})
        addresses = len({one.address.casefold() for one in members})
        return self._page(
            request, "circular_release", "Nachricht freigeben", circular=circular, members=members, form=seen,
            addresses=addresses, spared=len(members) - addresses,
        )  # fmt: skip

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        circular, by = self._readable(request, pk), _person(request)
        question = Question(
            title="Versand abbrechen",
            about=str(circular),
            sentences=[
                "Wer noch keine Mail hat, bekommt keine. Mails, die im Postausgang warten, werden zurückgenommen.",
                "Was schon verschickt ist, lässt sich nicht zurückholen.",
                "Fortsetzen lässt sich der Versand danach nicht.",
            ],
            button="Versand abbrechen",
            back=_url("change", circular),
            done="Der Versand ist abgebrochen.",
            verb=lambda: actions.cancel(circular, by=by),
        )
        return ask(self, request, question)

    # Watching ---------------------------------------------------------------------------------------

    def progress_piece(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is, as a piece of the page that htmx asks for again and again."""
        circular = self._readable(request, pk)
        context = {"standing": standing.of(circular), "progress_url": _url("progress", circular)}
        return TemplateResponse(request, f"{FOLDER}/_circular_progress.html", context)

    def _record(self, request: HttpRequest, circular: Circular) -> HttpResponse:
        page = standing.log(circular, request.GET.get("seite"))
        return self._page(
            request, "circular", "Nachricht", circular=circular, standing=standing.of(circular), page=page,
            log=list(standing.told(circular, page)), progress_url=_url("progress", circular),
            may_cancel=self.has_change_permission(request),
        )  # fmt: skip

    # What pages begin with --------------------------------------------------------------------------

    def _readable(self, request: HttpRequest, pk: int) -> Circular:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Circular.objects.select_related("written_by", "released_by", "cancelled_by")
        return get_object_or_404(rows, pk=pk)

    def _draft(self, request: HttpRequest, pk: int) -> tuple[Circular, Audience]:
        """Return a message that can still change, and its group as it is now."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        circular = self._readable(request, pk)
        if circular.status != Status.DRAFT:
            raise Refused("Diese Nachricht ist freigegeben. Sie lässt sich nicht mehr ändern.")
        return circular, actions.of(circular, _person(request))

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"{FOLDER}/{template}.html", whole)


def _place(request: HttpRequest, members: list[Recipient]) -> int:
    """Return which recipient is asked for, counted from 0; the nearest there is."""
    asked = request.GET.get("nummer", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 8 else 1
    return max(0, min(number, len(members)) - 1)


def _person(request: HttpRequest) -> AbstractBaseUser:
    assert isinstance(request.user, AbstractBaseUser)  # the admin lets nobody else in
    return request.user


def _staff(request: HttpRequest) -> PermissionsMixin:
    assert isinstance(request.user, PermissionsMixin)
    return request.user


def _name(name: str) -> str:
    return f"landespreis_circular_{name}"


def _url(name: str, circular: Circular) -> str:
    return reverse(f"admin:{_name(name)}", args=[circular.pk])
