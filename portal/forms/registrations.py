"""The form with which people register for a date, and the one with which they change their question."""

from typing import Any

from django import forms

from portal.forms.inquiries import MessageField, address, line
from portal.forms.robots import PersonForm

LONGEST_QUESTION = 2_000


def _question() -> MessageField:
    return MessageField(
        label="Ihre Frage vorab",
        help_text="Wir beantworten sie im Termin, ohne Ihren Namen zu nennen. Höchstens 2.000 Zeichen.",
        most=LONGEST_QUESTION,
        rows=5,
    )


class RegistrationForm(PersonForm):
    name = line("Vor- und Nachname", 120, required="Nennen Sie Ihren Namen.", autocomplete="name")
    email = address(
        help_text="Dorthin senden wir die Bestätigung und alles zum Termin.",
        required="Nennen Sie die Adresse, an die wir die Bestätigung senden sollen.",
    )
    organisation = line(
        "Kommune oder Einrichtung", 150, help_text="Zum Beispiel: Stadt Soest", autocomplete="organization"
    )
    question = _question()

    def __init__(self, *args: Any, asks_questions: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_questions = asks_questions
        if not asks_questions:
            del self.fields["question"]

    @property
    def values(self) -> dict[str, str]:
        """What the verb needs, without what only keeps programs out."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"website", "begun"}}


class QuestionForm(forms.Form):
    question = _question()
