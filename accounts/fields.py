"""Form fields other apps may use too: choosing a municipality by typing."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts import register
from accounts.models import Municipality

REGISTER_LIST = "register"
"""The id of the one datalist on a page."""
NAMED_CANDIDATES = 6


class MunicipalityInput(forms.TextInput):
    """A text input that offers the register as a native datalist: type-ahead without any script.

    The list of all rows is written once per page, by the input with `offers_register`; others on the page refer to it.
    """

    template_name = "accounts/municipality_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, offers_register: bool = True) -> None:
        super().__init__({"list": REGISTER_LIST, "autocomplete": "off", "spellcheck": "false"} | (attrs or {}))
        self.offers_register = offers_register
        self.candidates: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        offered = register.options() if self.offers_register else []
        options = self.candidates + [option for option in offered if option not in self.candidates]
        if self.candidates and not self.offers_register:
            context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_candidates"
        return context | {"options": options}


class MunicipalityField(forms.CharField):
    """Takes what a person typed and gives back a Municipality (None when empty and not required).

    Several on one page: pass `offers_register=False` to all but the first.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": "Wählen Sie eine Kommune aus dem Verzeichnis.",
    }

    def __init__(self, *, offers_register: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Kommune")
        super().__init__(max_length=160, widget=MunicipalityInput(offers_register=offers_register), **kwargs)

    def clean(self, value: Any) -> Municipality | None:
        text = super().clean(value)
        if not text:
            return None
        found = register.find(text)
        if not found:
            raise ValidationError(
                f"„{text}“ steht nicht im Verzeichnis. Schreiben Sie den Namen oder den AGS (acht Ziffern) "
                "und wählen Sie einen Eintrag aus der Liste.",
                code="unknown",
            )
        if len(found) > 1:
            self._offer_first(found)
            raise ValidationError(_several(found), code="ambiguous")
        return found[0]

    def prepare_value(self, value: Any) -> Any:
        return value.choice if isinstance(value, Municipality) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def _offer_first(self, found: list[Municipality]) -> None:
        if isinstance(self.widget, MunicipalityInput):
            self.widget.candidates = [row.choice for row in found]


def _several(found: list[Municipality]) -> str:
    named = ", ".join(row.choice for row in found[:NAMED_CANDIDATES])
    rest = len(found) - NAMED_CANDIDATES
    more = f" und {rest} weitere" if rest > 0 else ""
    return f"Mehrere Einträge passen: {named}{more}. Bitte wählen Sie einen aus der Liste."
