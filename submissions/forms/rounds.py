"""The shape of a round: its own fields, spans in words, and what the next round is called."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from submissions.models import Round

UNITS = {"stunde": 1, "tag": 24, "woche": 7 * 24}
SPAN = re.compile(r"(\d{1,4})\s*(stunde|tag|woche)(?:n|en|e)?", re.IGNORECASE)
HINT = "Zum Beispiel „14 Tage, 7 Tage, 3 Tage, 24 Stunden, 3 Stunden“. Leer: keine Erinnerung."


class HoursField(forms.CharField):
    """Spans as people write them, «14 Tage, 3 Stunden», kept as a list of whole hours, the longest first."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("encoder", None)  # what a JSON column would hand to its own field
        kwargs.pop("decoder", None)
        super().__init__(**kwargs | {"required": False, "empty_value": ""})
        self.widget.attrs["class"] = "vTextField"

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "")
        return sorted((self._hours(part) for part in re.split(r",|;|\n|\bund\b", text) if part.strip()), reverse=True)

    def _hours(self, part: str) -> int:
        found = SPAN.fullmatch(part.strip())
        if found is None:
            raise ValidationError(
                f"„{part.strip()}“ ist keine Zeitspanne. Schreiben Sie Zahl und Einheit: Stunden, Tage oder Wochen."
            )
        return int(found[1]) * UNITS[found[2].lower()]

    def prepare_value(self, value: Any) -> Any:
        return spans(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or []))
        except ValidationError:
            return True


def spans(hours: list[int]) -> str:
    """Return «14 Tage, 24 Stunden, 3 Stunden»: whole days from two on."""
    return ", ".join(
        f"{number // 24} Tage"
        if number % 24 == 0 and number > 24
        else f"{number} {'Stunde' if number == 1 else 'Stunden'}"
        for number in hours
    )


class RoundForm(forms.ModelForm[Round]):
    reminder_hours = HoursField(label="Erinnerungen vor Einreichungsschluss", help_text=HINT)
    scoring_reminder_hours = HoursField(
        label="Erinnerungen der Jury vor Bewertungsschluss",
        help_text="Zum Beispiel „7 Tage, 3 Tage, 24 Stunden“. Leer: keine Erinnerung.",
    )

    class Meta:
        model = Round
        fields = (
            "key", "name", "number_prefix", "opens_at", "closes_at", "reminder_hours", "ceremony_on", "embargo_until",
            "contract_after", "proof_required", "prize", "four_eyes", "max_abstract", "max_files", "max_file_megabytes",
            "scoring_opens_at", "scoring_closes_at", "scoring_reminder_hours", "session_at", "quorum", "scale_min",
            "scale_max",
        )  # fmt: skip
        help_texts = {
            "key": "Steht in Tabellen, die Sie herunterladen, zum Beispiel „lp3“.",
            "number_prefix": "Zum Beispiel „IKZ-2028“. Jede Runde braucht einen eigenen; mit der ersten Einreichung "
            "steht er fest.",
            "closes_at": "Der erste Augenblick, in dem nichts mehr angenommen wird. Für „9. Februar, 24:00 Uhr“ tragen "
            "Sie den 10. Februar, 00:00 Uhr ein.",
            "embargo_until": "Bis dahin sehen nur Jury und Geschäftsstelle die Preisträger. Nicht vor dem Tag der "
            "Preisverleihung.",
            "max_files": "Senken lässt sich die Zahl nur, solange niemand mehr Dateien hochgeladen hat.",
            "max_abstract": "Leerzeichen und Zeilenumbrüche zählen mit.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.announced_at = None  # a new round is in preparation and may lack its dates


class CopyForm(forms.Form):
    """What the next round is called; everything else it takes over."""

    name = forms.CharField(
        label="Name", max_length=150, widget=forms.TextInput({"class": "vTextField"}), help_text="So heißt sie überall."
    )
    key = forms.SlugField(
        label="Kürzel", max_length=30, help_text="Kleine Buchstaben und Ziffern; steht in Tabellen zum Herunterladen."
    )
    number_prefix = forms.CharField(
        label="Anfang der Nummern",
        max_length=20,
        help_text="Zum Beispiel „IKZ-2028“ für die Nummer „IKZ-2028-0001“. Jede Runde braucht einen eigenen.",
    )


def suggested(round: Round) -> dict[str, str]:
    """Return name and key of the round after this one, counted up where they are counted: «3. Landespreis …», «lp3»."""

    def raised(found: "re.Match[str]") -> str:
        return str(int(found[0]) + 1)

    return {"name": re.sub(r"^\d+(?=\.)", raised, round.name), "key": re.sub(r"\d+$", raised, round.key)}
