"""Fields for what people write: one line, and long texts that keep every character as it was typed."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from landespreis import wording

HARD_CAP = 4
"""A text up to this many times its limit is kept as a draft; beyond, it is not saved at all."""

UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd-\uffff\ud800-\udfff]")
"""Control characters except tab and line feed, the mark of broken Unicode, and what is no character at all."""
CONTEXT = 20


def normalised(text: str) -> str:
    """Return `text` with every line end as one LF: what is counted, stored and compared.

    Counted are Unicode code points, white space included; `static/js/longtext.js` counts the same.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def validate_readable(text: str) -> None:
    """Raise ValidationError for characters that no letter, no PDF and no other program can show."""
    found = UNREADABLE.search(text)
    if found is None:
        return
    before = text[: found.start()].rsplit("\n", maxsplit=1)[-1][-CONTEXT:].strip()
    place = f"hinter „{before}“" if before else "am Anfang einer Zeile"
    raise ValidationError(
        f"Der Text enthält {place} ein Zeichen, das sich nicht speichern lässt, zum Beispiel ein Steuerzeichen aus "
        "einem anderen Programm. Löschen Sie es an dieser Stelle und speichern Sie noch einmal.",
        code="unreadable",
    )


class LineField(forms.CharField):
    """One line, trimmed; not required, because a draft may lack anything."""

    def __init__(self, *, label: str, max_length: int, **kwargs: Any) -> None:
        super().__init__(required=False, label=label, max_length=max_length, **kwargs)
        self.optional = False
        self.validators = [v for v in self.validators if not _is_null_check(v)]
        self.validators.append(validate_readable)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", text)


class CountedBoundField(BoundField):
    """Names the line with the count among what describes the field."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        described = f"{built.get('aria-describedby', '')} {self.auto_id}_zahl"
        return built | {"aria-describedby": described.strip()}


class LongTextField(forms.CharField):
    """A text of at most `limit` characters; a longer one is a valid draft up to HARD_CAP times the limit."""

    bound_field_class = CountedBoundField

    def __init__(self, *, limit: int, rows: int = 14, **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": rows, "cols": 40, "data-limit": limit})
        super().__init__(required=False, strip=False, widget=widget, **kwargs)
        self.limit = limit
        self.optional = False
        self.validators = [self._validate_cap, validate_readable]

    def to_python(self, value: Any) -> str:
        return normalised(super().to_python(value) or "")

    def _validate_cap(self, text: str) -> None:
        most = HARD_CAP * self.limit
        if len(text) > most:
            raise ValidationError(
                f"Dieser Text hat {wording.number(len(text))} Zeichen. Gespeichert werden höchstens "
                f"{wording.number(most)}, eingereicht {wording.number(self.limit)}. Kürzen Sie ihn und speichern Sie "
                "noch einmal.",
                code="far_too_long",
            )


def too_long(text: str, limit: int) -> str:
    """Return what to do about a text over its limit, or nothing."""
    surplus = len(text) - limit
    if surplus <= 0:
        return ""
    return (
        f"Kürzen Sie um {wording.number(surplus)} Zeichen. Erlaubt sind {wording.number(limit)}, "
        f"der Text hat {wording.number(len(text))}."
    )


def count_line(text: str, limit: int) -> str:
    """Return "500 von 3.000 Zeichen", and how many are too many."""
    surplus = len(text) - limit
    rest = f", {wording.number(surplus)} zu viel" if surplus > 0 else ""
    return f"{wording.number(len(text))} von {wording.number(limit)} Zeichen{rest}"


def _is_null_check(validator: object) -> bool:
    return type(validator).__name__ == "ProhibitNullCharactersValidator"
