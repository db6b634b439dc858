"""The shape of what editors enter for an issue of the newsletter: subject, greeting, blocks; and who gets a test."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import Model, QuerySet
from django.utils.text import Truncator

from accounts.forms import one_line
from accounts.models import User
from landespreis import clock, wording
from portal.forms.richtext import RichTextField
from portal.models import Block, Event, News, Newsletter, Project
from submissions.forms.text import validate_readable

OFFERED = 200
"""How many of the newest rows of a kind can be chosen."""
KINDS = {"news": Block.Kind.NEWS, "project": Block.Kind.PROJECT, "event": Block.Kind.EVENT}
NOTHING = "Schreiben Sie einen Text, oder wählen Sie eine Meldung, ein Projekt oder einen Termin."
TOO_MUCH = "Ein Baustein erzählt von einem. Wählen Sie eine Meldung oder ein Projekt oder einen Termin."
Choice = tuple[Any, str]


class NewsletterForm(forms.ModelForm[Newsletter]):
    subject = forms.CharField(
        label="Betreff",
        max_length=150,
        validators=[one_line],
        widget=AdminTextInputWidget,
        help_text="Ohne Nummer; sie kommt beim Versand davor. Steht auch über der Ausgabe im Web.",
    )

    class Meta:
        model = Newsletter
        fields = ("subject", "lead")

    def clean_lead(self) -> str:
        lead: str = self.cleaned_data["lead"].replace("\r\n", "\n")
        validate_readable(lead)
        return lead


class BlockForm(forms.ModelForm[Block]):
    """What kind of block it is follows from what is chosen."""

    heading = forms.CharField(
        label="Überschrift",
        max_length=150,
        required=False,
        validators=[one_line],
        widget=AdminTextInputWidget,
        help_text="Leer = die Überschrift der Meldung, des Projekts oder des Termins.",
    )
    body = RichTextField(label="Text", max_length=10_000, required=False, headings=False)

    class Meta:
        model = Block
        fields = ("position", "news", "project", "event", "heading", "body")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [name for name in KINDS if data.get(name)]
        if len(chosen) > 1:
            self.add_error(chosen[1], TOO_MUCH)
        elif not chosen and not data.get("body") and "body" not in self.errors:
            self.add_error("body", NOTHING)
        self.instance.kind = KINDS[chosen[0]] if chosen else Block.Kind.TEXT
        return data


class BlockFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Asks the database once for what can be chosen, however many blocks there are."""

    def add_fields(self, form: "forms.ModelForm[Any]", index: int | None) -> None:
        super().add_fields(form, index)
        for name, choices in self.offered.items():
            form.fields[name].choices = choices  # type: ignore[attr-defined]

    @cached_property
    def offered(self) -> dict[str, list[Choice]]:
        news = News.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")
        projects = Project.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")
        events = Event.objects.filter(published_at__isnull=False).order_by("-starts_at", "-pk")
        blocks = Block.objects.filter(newsletter=self.instance.pk).values_list("news", "project", "event")
        used = list(zip(*blocks, strict=True)) or [(), (), ()]
        return {
            "news": _choices(news, used[0], lambda row: row.published_at),
            "project": _choices(projects, used[1], lambda row: None),
            "event": _choices(events, used[2], lambda row: row.starts_at),
        }


def _choices(rows: "QuerySet[Any]", used: Iterable[Any], moment: Any) -> list[Choice]:
    """Return nothing, the newest rows, and those that blocks have already."""
    found: dict[Any, Model] = {row.pk: row for row in rows[:OFFERED]}
    missing = {pk for pk in used if pk} - found.keys()
    if missing:
        found |= rows.model._default_manager.in_bulk(missing)
    return [("", "–"), *((pk, _named(row, moment(row))) for pk, row in found.items())]


def _named(row: Any, moment: Any) -> str:
    when = f" ({wording.day(moment)})" if moment else ""
    is_out = row.published_at and row.published_at <= clock.now()
    return f"{row}{when}{'' if is_out else ', noch nicht öffentlich'}"


class CorrectionForm(forms.Form):
    """What is to be corrected of a released issue, and which of its `blocks` are to go."""

    text = RichTextField(
        label="Berichtigung",
        max_length=10_000,
        headings=False,
        error_messages={"required": "Bitte schreiben Sie, was zu berichtigen ist."},
    )
    without = forms.TypedMultipleChoiceField(
        label="Nicht mehr zeigen",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nur was nicht stehen bleiben darf, etwa Angaben zu einer Person. Es lässt sich nicht zurückholen.",
    )

    def __init__(self, blocks: Iterable[Block], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without = self.fields["without"]
        assert isinstance(without, forms.TypedMultipleChoiceField)
        without.choices = [(block.pk, _told(block)) for block in blocks]

    class Media:
        css = {"all": ["css/newsletter-admin.css"]}


def _told(block: Block) -> str:
    """Name a block, one without a heading by how its text begins."""
    return block.heading or Truncator(block.body).chars(60) or str(block)


class PersonField(forms.ModelMultipleChoiceField[Any]):
    def label_from_instance(self, obj: Model) -> str:
        assert isinstance(obj, User)
        return f"{obj.name}, {obj.email}"


class TestForm(forms.Form):
    to = PersonField(
        label="An",
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Wählen Sie mindestens eine Person."},
    )

    class Media:
        css = {"all": ["css/newsletter-admin.css"]}
