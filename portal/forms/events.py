"""The shape of what editors enter for a date: the date itself, a new time, the reason why it is off."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextInputWidget, AdminURLFieldWidget
from django.core.exceptions import ValidationError

from accounts.forms import one_line
from landespreis import clock
from landespreis.refusal import Refused
from portal.actions import events as verbs
from portal.actions import seats
from portal.forms.editing import PublishedForm
from portal.forms.richtext import RichTextField
from portal.models import Event
from submissions.forms.text import validate_readable

MOVED = "Es gibt schon Anmeldungen. Ändern Sie die Zeit mit „Verlegen“, dann erfahren es alle."
MOMENTS = {
    "starts_at": "Beginn",
    "ends_at": "Ende",
    "registration_until": "Anmeldung bis",
}


def _name_halves(fields: dict[str, forms.Field]) -> None:
    """Name date and clock time of each moment, which Django leaves without a label."""
    for name, label in MOMENTS.items():
        widget = fields[name].widget
        if isinstance(widget, forms.MultiWidget):
            for part, half in zip(widget.widgets, ("Datum", "Uhrzeit"), strict=True):
                part.attrs["aria-label"] = f"{label}, {half}"


class EventForm(PublishedForm):
    title = forms.CharField(label="Titel", max_length=150, validators=[one_line], widget=AdminTextInputWidget)
    place = forms.CharField(
        label="Ort",
        max_length=200,
        required=False,
        validators=[one_line],
        widget=AdminTextInputWidget,
        help_text="Leer bei reinen Online-Terminen.",
    )
    body = RichTextField(label="Text", max_length=30_000, required=False)
    joining_link = forms.URLField(
        label="Zugangslink",
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=AdminURLFieldWidget,
        help_text="Bekommen nur bestätigte Angemeldete, nie die Öffentlichkeit.",
    )

    class Meta:
        model = Event
        fields = (
            "title", "slug", "kind", "lead", "body", "picture", "starts_at", "ends_at", "is_online", "place",
            "joining_link", "registration", "capacity", "registration_until", "asks_questions", "keep_days",
            "downloads", "published_at",
        )  # fmt: skip
        widgets = {"downloads": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_halves(self.fields)

    def _get_validation_exclusions(self) -> set[str]:
        """Leave an empty address to the verb, which makes one from title and day."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude if self.cleaned_data.get("slug") else exclude | {"slug"}

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in verbs.RESERVED:
            raise ValidationError(f"Die Adresse „{slug}“ ist schon vergeben. Wählen Sie eine andere.")
        return slug

    def clean_capacity(self) -> int | None:
        """Keep to what is taken: nobody loses a place by a number."""
        capacity: int | None = self.cleaned_data["capacity"]
        try:
            seats.require_capacity(Event(pk=self.instance.pk, capacity=capacity))
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal
        return capacity

    def clean_published_at(self) -> datetime | None:
        """Keep public what people have registered for: nothing tells them that it is gone."""
        published_at: datetime | None = self.cleaned_data["published_at"]
        stored = Event.objects.filter(pk=self.instance.pk).first()
        if stored:
            stored.published_at = published_at
            try:
                seats.require_shown(stored, clock.now())
            except Refused as refusal:
                raise ValidationError(refusal.message) from refusal
        return published_at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.pk and self.instance.registrations.told().exists():
            for name in {"starts_at", "ends_at"} & set(self.changed_data):
                self.add_error(name, MOVED)
        return data


class MoveForm(forms.Form):
    starts_at = forms.SplitDateTimeField(label="Neuer Beginn", widget=AdminSplitDateTime)
    ends_at = forms.SplitDateTimeField(label="Neues Ende", widget=AdminSplitDateTime)
    registration_until = forms.SplitDateTimeField(
        label="Anmeldung bis", widget=AdminSplitDateTime, required=False, help_text="Leer = bis zum Beginn."
    )
    notice = forms.CharField(
        label="Hinweis",
        max_length=1000,
        required=False,
        validators=[validate_readable],
        widget=forms.Textarea({"rows": 4, "class": "vLargeTextField"}),
        help_text="Steht auf der Seite des Termins und in der E-Mail.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_halves(self.fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if isinstance(starts_at, datetime) and isinstance(ends_at, datetime) and ends_at <= starts_at:
            self.add_error("ends_at", "Das Ende muss nach dem Beginn liegen.")
        return data


class CancelForm(forms.Form):
    notice = forms.CharField(
        label="Hinweis",
        max_length=1000,
        validators=[validate_readable],
        widget=forms.Textarea({"rows": 4, "class": "vLargeTextField"}),
        help_text="Warum der Termin ausfällt und wie es weitergeht. Steht auf der Seite und in der E-Mail.",
        error_messages={"required": "Sagen Sie in einem Satz, warum der Termin ausfällt."},
    )
