"""The shape of what staff enter for a message and for a text they keep; placeholders are checked here too."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError

from landespreis import audiences
from landespreis.audiences import Audience, Param
from landespreis.circulars import texts
from landespreis.circulars.placeholders import Placeholder
from landespreis.circulars.texts import Text
from landespreis.models.circulars import SUBJECT_LENGTH, TEXT_LENGTH
from landespreis.overtaking import Read

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
PREFIX = "wahl_"


class WordsField(forms.CharField):
    """Text of several lines, line ends as one character, none that no mail can show."""

    widget = AdminTextareaWidget

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        if CONTROL.search(text):
            raise ValidationError("Der Text enthält Steuerzeichen aus einem anderen Programm. Bitte löschen Sie sie.")
        return text


class SubjectField(forms.CharField):
    """One line: a line break in it would be a header of the mail."""

    widget = AdminTextInputWidget

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if not text.isprintable():
            raise ValidationError("Der Betreff ist eine einzige Zeile ohne Steuerzeichen.")
        return text


def subject(*, required: bool = True) -> SubjectField:
    missing = {"required": "Bitte schreiben Sie einen Betreff."}
    return SubjectField(label="Betreff", max_length=SUBJECT_LENGTH, required=required, error_messages=missing)


def words() -> WordsField:
    missing = {"required": "Bitte schreiben Sie einen Text."}
    return WordsField(
        label="Text",
        max_length=TEXT_LENGTH,
        error_messages=missing,
        help_text="Eine leere Zeile beginnt einen Absatz. Adressen mit https:// werden zu Links.",
    )


class Worded(Read):
    """A form with words whose placeholders are checked against `offered`."""

    offered: Sequence[Placeholder] = ()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, sentences in self.found(str(data.get("subject", "")), str(data.get("text", ""))).items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else "text", sentence)
        return data

    def found(self, subject: str, text: str) -> dict[str, list[str]]:
        return texts.mistakes(self.offered, subject, text)


class CircularForm(Worded):
    """A message to `audience`: what narrows the group comes first."""

    def __init__(self, audience: Audience, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience, self.offered = audience, audience.kind.placeholders
        for param in audience.params:
            self.fields[f"{PREFIX}{param.key}"] = _choice(param)
        self.fields["subject"], self.fields["text"] = subject(), words()

    def found(self, subject: str, text: str) -> dict[str, list[str]]:
        return super().found(subject, text) or texts.gaps(subject, text)

    @property
    def params(self) -> dict[str, str]:
        return {param.key: self.cleaned_data[f"{PREFIX}{param.key}"] for param in self.audience.params}


class TextForm(Worded):
    """A text as staff word it; of the portal's own mails only a passage."""

    def __init__(self, text: Text, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = text.placeholders
        if text.shipped is None:
            self.fields["title"] = _title()
        if not text.is_mail:
            self.fields["subject"] = subject()
        self.fields["text"] = words()


class NewTextForm(Worded):
    title = forms.CharField()
    kind = forms.ChoiceField(label="Für welche Gruppen", required=False)
    subject = subject()
    text = words()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"] = _title()
        self.fields["kind"] = forms.ChoiceField(
            label="Für welche Gruppen",
            required=False,
            choices=[(kind.key, kind.label) for kind in audiences.kinds().values()],
            help_text="Davon hängt ab, welche Platzhalter es gibt.",
        )

    def found(self, subject: str, text: str) -> dict[str, list[str]]:
        return texts.mistakes(texts.known(self.cleaned_data.get("kind", "")), subject, text)


class SeenForm(forms.Form):
    """What the person looked at before they released it."""

    seen = forms.CharField(label="Stand dieser Seite", widget=forms.HiddenInput, max_length=64)


def _title() -> forms.CharField:
    return forms.CharField(
        label="Titel der Vorlage",
        max_length=100,
        widget=AdminTextInputWidget,
        help_text="Nur für die Auswahl; er steht in keiner Mail.",
        error_messages={"required": "Bitte geben Sie der Vorlage einen Titel."},
    )


def _choice(param: Param) -> forms.ChoiceField:
    required = all(key for key, _ in param.choices)
    initial = param.choices[0][0] if param.choices else ""
    return forms.ChoiceField(label=param.label, choices=list(param.choices), required=required, initial=initial)
