"""Issues of the newsletter in the admin: written in blocks, looked at, tried, released once, watched on their way."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from landespreis import wording
from portal import issues
from portal.actions import newsletters as verbs
from portal.admin.frame import OneByOne, person
from portal.forms.newsletters import BlockForm, BlockFormSet, CorrectionForm, NewsletterForm, TestForm
from portal.models import Block, Delivery, Newsletter, Subscriber
from submissions.admin.confirm import Question, ask

MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""Lets the HTML of a mail bring its own styles and nothing else."""
TROUBLES = 50
"""How many deliveries that went wrong are named."""
Status = Newsletter.Status


class BlockInline(admin.StackedInline[Block, Any]):
    model = Block
    form = BlockForm
    formset = BlockFormSet
    extra = 1
    fields = ("position", "news", "project", "event", "heading", "body")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """What a block tells of is chosen here and edited on its own page: without the buttons beside the choice."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


@admin.register(Newsletter)
class NewsletterAdmin(OneByOne, admin.ModelAdmin[Newsletter]):
    form = NewsletterForm
    list_display = ("subject", "label", "status", "recipients", "released_at")
    list_filter = ("status", "year")
    search_fields = ("subject", "lead")
    search_help_text = "Betreff oder Vorspann"
    inlines = (BlockInline,)
    change_form_template = "admin/portal/newsletter.html"
    view_on_site = False

    class Media:
        css = {"all": ["css/newsletter-admin.css"]}

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "vorschau": ("preview", self.preview),
            "vorschau/mail": ("preview_mail", self.preview_mail),
            "testmail": ("test", self.test),
            "freigeben": ("release", self.release),
            "anhalten": ("pause", self.pause),
            "fortsetzen": ("resume", self.resume),
            "berichtigen": ("correct", self.correct),
            "ungewisse-noch-einmal": ("again_uncertain", self.again_uncertain),
            "gescheiterte-noch-einmal": ("again_failed", self.again_failed),
            "stand": ("progress", self.progress),
        }
        own = [
            path(f"<int:pk>/{address}/", self.admin_site.admin_view(view), name=f"portal_newsletter_{name}")
            for address, (name, view) in pages.items()
        ]
        return [*own, *super().get_urls()]

    # Writing ----------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Newsletter | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status == Status.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Newsletter | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == Status.DRAFT)

    def get_inlines(self, request: HttpRequest, obj: Newsletter | None) -> list[Any]:
        return list(self.inlines) if obj is None or obj.status == Status.DRAFT else []

    def save_model(self, request: HttpRequest, obj: Newsletter, form: "ModelForm[Newsletter]", change: bool) -> None:
        verbs.save(obj)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: "BaseInlineFormSet[Any, Any, Any]", change: bool
    ) -> None:
        blocks = formset.save(commit=False)
        for block in formset.deleted_objects:
            verbs.remove_block(block)
        for block in blocks:
            verbs.save_block(block)

    def delete_model(self, request: HttpRequest, obj: Newsletter) -> None:
        verbs.delete(obj)

    # Reading ----------------------------------------------------------------------------------------

    @admin.display(description="Nummer")
    def label(self, newsletter: Newsletter) -> str:
        return newsletter.label or "–"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        newsletter = context.get("original")
        context |= {"tools": [], "is_moving": False, "standing": None}
        if newsletter:
            context |= {"tools": _tools(newsletter), "is_moving": newsletter.status == Status.SENDING}
            context["standing"] = _standing(newsletter) if newsletter.number else None
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The issue as the web page and as the plain text of the mail; its HTML has a page of its own."""
        newsletter = self._readable(request, pk)
        pieces = issues.pieces(newsletter)
        context = {
            **self.admin_site.each_context(request),
            "title": "Vorschau",
            "opts": self.opts,
            "newsletter": newsletter,
            "subject": issues.subject(newsletter),
            "pieces": pieces,
            "text": issues.letter(newsletter).text,
        }
        return TemplateResponse(request, "admin/portal/newsletter_preview.html", context)

    def preview_mail(self, request: HttpRequest, pk: int) -> HttpResponse:
        response = HttpResponse(issues.letter(self._readable(request, pk)).html)
        response["Content-Security-Policy"] = MAIL_POLICY
        return response

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the sending is, as a piece of the page that htmx asks for again and again."""
        return _progress(request, self._readable(request, pk))

    # Verbs ------------------------------------------------------------------------------------------

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter, by = self._changeable(request, pk), person(request)
        question = Question(
            title="Testmail senden",
            about=str(newsletter),
            sentences=[
                "Die Testmail geht nur an Personen, die hier arbeiten. Ihr Link zum Abbestellen führt ins Leere."
            ],
            button="Testmail senden",
            back=_url("change", pk),
            done="Die Testmail ist unterwegs.",
            verb=lambda to: verbs.send_test(newsletter, to=to),
            form=TestForm,
            initial={"to": [by.pk]},
        )
        return ask(self, request, question)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter, by = self._changeable(request, pk), person(request)
        amount = Subscriber.objects.active().count()
        nouns = "Abonnement" if amount == 1 else "Abonnements"
        question = Question(
            title="Versand freigeben",
            about=str(newsletter),
            sentences=[
                f"Betreff: {issues.subject(newsletter)}",
                f"Sie geht an {wording.number(amount)} {nouns} und erscheint sofort im Web."
                if amount
                else "Noch hat niemand den Newsletter abonniert. Die Ausgabe erscheint nur im Web.",
                "Danach lässt sie sich nicht mehr ändern und nicht zurückholen. Sehen Sie vorher in die Vorschau.",
            ],
            button="Versand freigeben",
            back=_url("change", pk),
            done="Die Ausgabe ist freigegeben und wird versendet.",
            verb=lambda: self._release(request, newsletter, by),
        )
        return ask(self, request, question)

    def pause(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter = self._changeable(request, pk)
        question = Question(
            title="Versand anhalten",
            about=str(newsletter),
            sentences=["Die Mail, die gerade übergeben wird, geht noch hinaus. Fortsetzen können Sie jederzeit."],
            button="Versand anhalten",
            back=_url("change", pk),
            done="Der Versand ist angehalten.",
            verb=partial(verbs.pause, newsletter, by=person(request)),
        )
        return ask(self, request, question)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter = self._changeable(request, pk)
        question = Question(
            title="Versand fortsetzen",
            about=str(newsletter),
            sentences=["Gesendet wird, was noch offen ist. Niemand bekommt die Ausgabe zweimal."],
            button="Versand fortsetzen",
            back=_url("change", pk),
            done="Der Versand geht weiter.",
            verb=partial(verbs.resume, newsletter, by=person(request)),
        )
        return ask(self, request, question)

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter = self._changeable(request, pk)
        question = Question(
            title="Ausgabe berichtigen",
            about=str(newsletter),
            sentences=[
                "Die Berichtigung ist im Web sofort der erste Abschnitt der Ausgabe, mit dem Tag von heute.",
                "Verschickte Mails ändert das nicht. Wer sie noch nicht hat, bekommt die Ausgabe berichtigt.",
            ],
            button="Berichtigen",
            back=_url("change", pk),
            done="Die Ausgabe ist im Web berichtigt.",
            verb=partial(verbs.correct, newsletter, by=person(request)),
            form=partial(CorrectionForm, newsletter.blocks.all()),
        )
        return ask(self, request, question)

    def again_uncertain(self, request: HttpRequest, pk: int) -> HttpResponse:
        warning = (
            "Bei diesen Mails brach der Versand im falschen Augenblick ab: Ein Teil kann angekommen sein. Wer sie "
        )
        return self._again(request, pk, Delivery.Status.UNCERTAIN, f"{warning}schon hat, bekommt sie dann zweimal.")

    def again_failed(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = "Diese Mails hat der Mailserver abgelehnt. Noch einmal senden hilft, wenn der Grund behoben ist."
        return self._again(request, pk, Delivery.Status.FAILED, reason)

    def _again(self, request: HttpRequest, pk: int, status: Delivery.Status, sentence: str) -> HttpResponse:
        newsletter = self._changeable(request, pk)
        amount = verbs.to_send_again(newsletter, status).count()
        question = Question(
            title="Noch einmal senden",
            about=str(newsletter),
            sentences=[sentence, f"Betroffen: {wording.number(amount)}"],
            button="Noch einmal senden",
            back=_url("change", pk),
            done="Die Mails werden noch einmal gesendet.",
            verb=lambda: verbs.send_again(newsletter, status),
        )
        return ask(self, request, question)

    def _release(self, request: HttpRequest, newsletter: Newsletter, by: Any) -> None:
        released = verbs.release(newsletter, by=by)
        self.log_change(request, released, f"Freigegeben als {released.label}.")

    def _readable(self, request: HttpRequest, pk: int) -> Newsletter:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Newsletter, pk=pk)

    def _changeable(self, request: HttpRequest, pk: int) -> Newsletter:
        """Also of an issue that is out: what follows its release are verbs, not changes of its text."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Newsletter, pk=pk)


@require_safe
def _progress(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    context = {
        "standing": _standing(newsletter),
        "original": newsletter,
        "is_moving": newsletter.status == Status.SENDING,
    }
    return TemplateResponse(request, "admin/portal/_newsletter_progress.html", context)


def _tools(newsletter: Newsletter) -> list[tuple[str, str]]:
    """Return title and address of what can be done with an issue now."""
    tools = [("Vorschau", "preview")]
    if newsletter.status == Status.DRAFT:
        tools += [("Testmail", "test"), ("Versand freigeben", "release")]
    elif newsletter.status == Status.SENDING:
        tools.append(("Anhalten", "pause"))
    elif newsletter.status == Status.PAUSED:
        tools.append(("Fortsetzen", "resume"))
    if newsletter.status in {Status.PAUSED, Status.SENT}:
        tools.append(("Berichtigen", "correct"))
    return [(title, _url(name, newsletter.pk)) for title, name in tools]


def _standing(newsletter: Newsletter) -> dict[str, Any]:
    """Return what the page says about the way of an issue."""
    counts = newsletter.deliveries.counts()
    total, owed = sum(counts.values()), counts[Delivery.Status.OWED] + counts[Delivery.Status.HANDING]
    troubled = newsletter.deliveries.filter(status__in=(Delivery.Status.UNCERTAIN, Delivery.Status.FAILED))
    again = [
        (title, _url(name, newsletter.pk))
        for status, title, name in (
            (Delivery.Status.UNCERTAIN, "Ungewisse noch einmal senden", "again_uncertain"),
            (Delivery.Status.FAILED, "Gescheiterte noch einmal senden", "again_failed"),
        )
        if counts[status] and verbs.to_send_again(newsletter, status).exists()
    ]
    return {
        "state": newsletter.get_status_display(),
        "figures": [
            ("freigegeben für", newsletter.recipients or 0),
            ("versendet", counts[Delivery.Status.SENT]),
            ("offen", owed),
            ("nicht zustellbar", counts[Delivery.Status.FAILED]),
            ("ungewiss", counts[Delivery.Status.UNCERTAIN]),
            ("inzwischen abgemeldet oder gelöscht", max((newsletter.recipients or 0) - total, 0)),
        ],
        "done": total - owed,
        "total": total,
        "again": again,
        "troubles": list(troubled.select_related("subscriber").order_by("status", "pk")[:TROUBLES]),
        "progress_url": _url("progress", newsletter.pk),
    }


def _url(name: str, pk: int) -> str:
    return reverse(f"admin:portal_newsletter_{name}", args=[pk])
