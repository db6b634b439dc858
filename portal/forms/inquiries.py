"""The contact form, and the form for reporting a barrier."""

from django import forms

from accounts.forms import one_line
from portal.forms.robots import PersonForm
from submissions.forms.text import normalised, validate_readable

MOST = 5_000
TOO_LONG = "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d."
NO_ADDRESS = "Das ist keine vollständige E-Mail-Adresse. Schreiben Sie sie so: name@kommune.example."


class MessageField(forms.CharField):
    """A text over several lines, with its line ends as one LF; without `required` (what to do) it may be empty."""

    def __init__(self, *, label: str, help_text: str, required: str = "", most: int = MOST, rows: int = 8) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            max_length=most,
            required=bool(required),
            widget=forms.Textarea({"rows": rows, "cols": 40}),
            error_messages={"required": required, "max_length": TOO_LONG},
        )
        self.validators = [
            check for check in self.validators if type(check).__name__ != "ProhibitNullCharactersValidator"
        ]
        self.validators.append(validate_readable)

    def to_python(self, value: object) -> str:
        return normalised(super().to_python(value) or "")


def line(label: str, most: int, *, help_text: str = "", required: str = "", autocomplete: str = "") -> forms.CharField:
    field = forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        required=bool(required),
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": autocomplete} if autocomplete else {}),
        error_messages={"required": required, "max_length": TOO_LONG},
    )
    field.validators = [
        check for check in field.validators if type(check).__name__ != "ProhibitNullCharactersValidator"
    ]
    return field


def address(*, help_text: str, required: str = "") -> forms.EmailField:
    return forms.EmailField(
        label="E-Mail-Adresse",
        help_text=help_text,
        max_length=254,
        required=bool(required),
        validators=[one_line],
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": required, "invalid": NO_ADDRESS, "max_length": TOO_LONG},
    )


class ContactForm(PersonForm):
    name = line("Name", 120, autocomplete="name")
    email = address(
        help_text="Dorthin antworten wir, und dorthin senden wir sofort eine Empfangsbestätigung.",
        required="Nennen Sie die Adresse, an die wir antworten sollen.",
    )
    subject = line("Betreff", 150, required="Nennen Sie in wenigen Worten, worum es geht.")
    message = MessageField(
        label="Ihre Nachricht",
        help_text="Bei Fragen zu einer Einreichung nennen Sie Titel oder Nummer. Höchstens 5.000 Zeichen.",
        required="Schreiben Sie Ihre Nachricht in dieses Feld.",
    )


class BarrierForm(PersonForm):
    """Nothing but the report itself is asked for: nobody has to say who they are."""

    page = line("Adresse der Seite", 500, help_text="Auf welcher Seite sind Sie nicht weitergekommen?")
    message = MessageField(
        label="Was ist die Barriere?",
        help_text="Was wollten Sie tun, und was ging nicht? Höchstens 5.000 Zeichen.",
        required="Beschreiben Sie, was nicht ging.",
    )
    equipment = line(
        "Browser und Hilfsmittel", 200, help_text="Zum Beispiel Firefox mit NVDA, oder Safari auf dem iPhone."
    )
    name = line("Name", 120, autocomplete="name")
    email = address(help_text="Wenn Sie eine Antwort und eine Empfangsbestätigung möchten.")
