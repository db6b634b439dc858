"""The score sheet as a form: whole points per criterion on the round's scale, a reason for each, an overall comment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from jury.models import Assessment, Score
from landespreis import wording
from submissions.forms.text import normalised, validate_readable
from submissions.models import Criterion

REASON_LIMIT, COMMENT_LIMIT = 2000, 3000


class Option(NamedTuple):
    """One radio of the scale."""

    value: int
    id: str
    is_checked: bool


class CommentField(forms.CharField):
    """A text that may be empty and keeps its line ends as LF."""

    def __init__(self, *, label: str, most: int, rows: int) -> None:
        widget = forms.Textarea({"rows": rows, "cols": 30})
        super().__init__(label=label, required=False, strip=False, widget=widget)
        self.most = most
        self.validators = [self._validate_length, validate_readable]

    def to_python(self, value: Any) -> str:
        return normalised(super().to_python(value) or "")

    def _validate_length(self, text: str) -> None:
        surplus = len(text) - self.most
        if surplus > 0:
            raise ValidationError(
                f"Kürzen Sie um {wording.number(surplus)} Zeichen. Erlaubt sind {wording.number(self.most)}.",
                code="too_long",
            )


@dataclass(frozen=True)
class Row:
    """A criterion on the sheet: its options, what was given, and the field for the reason."""

    position: int
    criterion: Criterion
    field: BoundField
    options: list[Option]
    reason: BoundField

    @property
    def given(self) -> int | None:
        return next((option.value for option in self.options if option.is_checked), None)

    @property
    def said(self) -> str:
        """What was given, in words: «8 Punkte»."""
        return points_said(self.given)


class SheetForm(forms.Form):
    """Nothing is preselected and nothing required: a draft may lack anything.

    `revision` is the state of the sheet the page was opened with.
    """

    revision = forms.IntegerField(label="Stand dieser Seite", min_value=0, widget=forms.HiddenInput)

    def __init__(self, criteria: Sequence[Criterion], scale: range, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria, self.scale = criteria, scale
        message = f"Vergeben Sie ganze Punkte von {scale[0]} bis {scale[-1]}."
        for criterion in criteria:
            self.fields[_points(criterion)] = forms.TypedChoiceField(
                label=criterion.title,
                required=False,
                choices=[(value, str(value)) for value in scale],
                coerce=int,
                empty_value=None,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": message},
            )
            self.fields[_reason(criterion)] = CommentField(
                label=f"Begründung zu „{criterion.title}“", most=REASON_LIMIT, rows=1
            )
        self.fields["gesamt"] = CommentField(label="Gesamteindruck", most=COMMENT_LIMIT, rows=2)

    @property
    def rows(self) -> list[Row]:
        return list(self._rows())

    @property
    def values(self) -> dict[str, Any]:
        """What a valid form says, as the verbs take it."""
        data = self.cleaned_data
        return {
            "points": {row.key: data[_points(row)] for row in self.criteria},
            "comments": {row.key: data[_reason(row)] for row in self.criteria},
            "comment": data["gesamt"],
            "revision": data["revision"],
        }

    def require(self, missing: Sequence[Criterion]) -> None:
        """Say at the scale of each missing criterion that it needs points."""
        for criterion in missing:
            self.add_error(_points(criterion), "Vergeben Sie Punkte.")

    def again(self, revision: int) -> "SheetForm":
        """Return the same form as if it had been opened with `revision`: to decide knowingly."""
        form = SheetForm(self.criteria, self.scale, {**dict(self.data.items()), "revision": revision})
        form.is_valid()
        return form

    def _rows(self) -> Iterator[Row]:
        for position, criterion in enumerate(self.criteria, start=1):
            field = self[_points(criterion)]
            given = str(field.value())
            options = [
                Option(value, f"{field.auto_id}_{place}", str(value) == given) for place, value in enumerate(self.scale)
            ]
            yield Row(position, criterion, field, options, self[_reason(criterion)])


def opened(criteria: Sequence[Criterion], scale: range, sheet: Assessment | None, scores: Sequence[Score]) -> SheetForm:
    """Return the form as the page opens it: with what the sheet holds."""
    by_criterion = {score.criterion_id: score for score in scores}
    initial: dict[str, Any] = {"revision": sheet.revision if sheet else 0, "gesamt": sheet.comment if sheet else ""}
    for criterion in criteria:
        score = by_criterion.get(criterion.pk)
        initial[_points(criterion)] = score.points if score else None
        initial[_reason(criterion)] = score.comment if score else ""
    return SheetForm(criteria, scale, initial=initial)


def sent(criteria: Sequence[Criterion], scale: range, data: Mapping[str, Any]) -> SheetForm:
    return SheetForm(criteria, scale, data)


def points_said(points: int | None) -> str:
    """Return «noch keine Punkte», «1 Punkt», «8 Punkte»."""
    if points is None:
        return "noch keine Punkte"
    return f"{points} Punkt" if points == 1 else f"{points} Punkte"


def _points(criterion: Criterion) -> str:
    return f"punkte_{criterion.key}"


def _reason(criterion: Criterion) -> str:
    return f"grund_{criterion.key}"
