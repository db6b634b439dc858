"""What is said in a Session: the decision, its confirmation, and a sheet that is revised."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html

from jury.actions.deciding import Outcome
from jury.forms.sheet import CommentField, SheetForm
from jury.models import Decision, Seat
from jury.standings import Board, Row
from submissions.models import Submission

OTHER, NOBODY = "andere", "kein"
AT_A_GLANCE = 6
"""So many entries are offered as radios; of more, the first three, and the others in a list."""
REASONS_LIMIT = 5000
NOT_OFFERED = "Wählen Sie eine der angebotenen Einreichungen."


class VotesField(forms.IntegerField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            min_value=0,
            max_value=26,
            widget=forms.TextInput({"inputmode": "numeric", "size": 2, "autocomplete": "off"}),
            error_messages={
                "required": "Bitte angeben, auch eine 0.",
                "invalid": "Bitte als Zahl angeben.",
                "min_value": "Bitte mindestens 0.",
                "max_value": "Bitte prüfen Sie die Zahl.",
            },
        )


class DecisionForm(forms.Form):
    """Nothing is preselected. `seen` is the revision of the decision the page showed, 0 for none."""

    winner = forms.ChoiceField(
        label="Die Jury vergibt den Preis in dieser Kategorie an",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie, wer den Preis bekommt, oder „kein Preis“.",
            "invalid_choice": NOT_OFFERED,
        },
    )
    other = forms.ChoiceField(
        label="Andere Einreichung", required=False, error_messages={"invalid_choice": NOT_OFFERED}
    )
    votes_for = VotesField("Ja")
    votes_against = VotesField("Nein")
    votes_abstained = VotesField("Enthaltung")
    reasons = CommentField(label="Gründe der Jury", most=REASONS_LIMIT, rows=5)
    laudatio = forms.ChoiceField(label="Laudatio schreibt", required=False)
    seen = forms.IntegerField(label="Stand dieser Seite", min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, board: Board, data: Mapping[str, Any] | None = None, *, decision: Decision | None, seen: int
    ) -> None:
        super().__init__(data, initial={"seen": seen} | (_initial(decision, board) if decision else {}))
        self.entries: dict[str, Submission] = {row.entry.label: row.entry for row in board.rows if row.standing.n}
        self.seats: dict[str, Seat] = {seat.key: seat for seat in board.seats}
        ranked = [row for row in board.rows if row.standing.n]
        near, far = _parted(ranked)
        offered = [(row.entry.label, _named(row)) for row in near]
        if far:
            offered.append((OTHER, "eine andere Einreichung dieser Kategorie"))
            self._field("other").choices = [("", "Bitte wählen"), *((row.entry.label, _line(row)) for row in far)]
        else:
            del self.fields["other"]
        self._field("winner").choices = [*offered, (NOBODY, "kein Preis")]
        self._field("laudatio").choices = [
            ("", "Bitte wählen"), *((seat.key, seat.short_name) for seat in board.seats)
        ]  # fmt: skip
        self.fields["laudatio"].optional = False  # type: ignore[attr-defined]
        self.fields["laudatio"].help_text = "Nur wenn es einen Preis gibt."
        self.fields["reasons"].optional = False  # type: ignore[attr-defined]
        self.fields[
            "reasons"
        ].help_text = (
            "Der Text geht in die Niederschrift und dient als Grundlage der Laudatio. Höchstens 5.000 Zeichen."
        )

    def clean_reasons(self) -> str:
        reasons: str = self.cleaned_data["reasons"]
        if not reasons.strip():
            raise forms.ValidationError("Nennen Sie die Gründe der Jury.")
        return reasons

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("winner") == OTHER and not data.get("other"):
            self.add_error("other", "Wählen Sie die Einreichung aus der Liste.")
        if data.get("winner") not in {None, NOBODY} and not data.get("laudatio"):
            self.add_error("laudatio", "Wählen Sie, wer die Laudatio schreibt.")
        return data

    @property
    def outcome(self) -> Outcome:
        """What a valid form says."""
        data = self.cleaned_data
        chosen = data["other"] if data["winner"] == OTHER else data["winner"]
        winner = self.entries.get(chosen)
        return Outcome(
            winner=winner,
            votes_for=data["votes_for"],
            votes_against=data["votes_against"],
            votes_abstained=data["votes_abstained"],
            reasons=data["reasons"],
            laudatio=self.seats.get(data["laudatio"]) if winner else None,
        )

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field


class ConfirmForm(forms.Form):
    """The revision of the decision that the person has read."""

    revision = forms.IntegerField(label="Stand dieser Seite", min_value=1, widget=forms.HiddenInput)


class ReviseForm(SheetForm):
    """A sheet in the open Session: all points and a reason are needed."""

    reason = forms.CharField(
        label="Grund der Änderung",
        help_text="Steht mit den Punkten vorher und nachher in der Niederschrift. Höchstens 1.000 Zeichen.",
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "cols": 30}),
        error_messages={"required": "Nennen Sie den Grund der Änderung."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in self.rows:
            row.field.field.required = True
            row.field.field.error_messages["required"] = "Vergeben Sie Punkte."
        self.order_fields([name for name in self.fields if name != "reason"])


def _parted(ranked: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    if len(ranked) <= AT_A_GLANCE:
        return ranked, ()
    return ranked[:3], ranked[3:]


def _named(row: Row) -> str:
    return format_html('{} <span class="lp-quiet">{}</span>', row.entry.submitted_title, _place(row))


def _line(row: Row) -> str:
    return f"{row.entry.submitted_title} ({_place(row)})"


def _place(row: Row) -> str:
    lead = row.entry.submitted_lead
    return f"Rang {row.standing.rank}, {row.entry.label}, {lead.label if lead else ''}"


def _initial(decision: Decision, board: Board) -> dict[str, Any]:
    """Return what was recorded, to be changed."""
    near, _ = _parted([row for row in board.rows if row.standing.n])
    winner = decision.winner.label if decision.winner else NOBODY
    at_hand = winner == NOBODY or winner in {row.entry.label for row in near}
    return {
        "winner": winner if at_hand else OTHER,
        "other": "" if at_hand else winner,
        "votes_for": decision.votes_for,
        "votes_against": decision.votes_against,
        "votes_abstained": decision.votes_abstained,
        "reasons": decision.reasons,
        "laudatio": decision.laudatio.key if decision.laudatio else "",
    }
