"""What keeps programs out of forms that need no login, without a riddle: a trap, a least time, a signed beginning.

Such forms set no cookie and need no CSRF token: who sends one gets no right that a stranger's own form would not give.
"""

import time
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError

SALT = "portal.forms.robots"
LASTS = 24 * 60 * 60
"""Seconds after which a form that stood open is asked to be sent once more."""
FILLED = (
    "Ein Feld, das leer bleiben muss, ist ausgefüllt. Leeren Sie das Feld „Bitte leer lassen“ und senden Sie erneut."
)
TOO_QUICK = "Das ging sehr schnell. Damit wir Menschen von Programmen unterscheiden, senden Sie bitte noch einmal."
TOO_OLD = "Diese Seite stand lange offen. Ihr Text ist noch da; senden Sie ihn bitte noch einmal."


class PersonForm(forms.Form):
    """A form for people; `number` names the one form they got, so that sending it twice is one message."""

    website = forms.CharField(
        label="Bitte leer lassen",
        required=False,
        max_length=200,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )
    begun = forms.CharField(label="Stand dieser Seite", required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = ""
        self.initial.setdefault("begun", _begin())

    def clean_website(self) -> str:
        value: str = self.cleaned_data["website"]
        if value:
            raise ValidationError(FILLED)
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            self.number, age = _read(data.get("begun", ""))
        except signing.BadSignature:
            self._begin_again()
            raise ValidationError(TOO_OLD) from None
        if age < settings.FORM_SECONDS:
            raise ValidationError(TOO_QUICK)
        return data

    def _begin_again(self) -> None:
        """Put a fresh beginning into the form that is shown again."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        self.data[self.add_prefix("begun")] = _begin()  # type: ignore[index]


def _begin() -> str:
    return signing.dumps([uuid.uuid4().hex, time.time()], salt=SALT)


def _read(token: str) -> tuple[str, float]:
    """Return the form's number and its age in seconds. Raises BadSignature, also for one that is too old."""
    number, at = signing.loads(token, salt=SALT, max_age=LASTS)
    return str(number), time.time() - float(at)
