"""The decision between two versions of a section, or a third text."""

from collections.abc import Mapping
from typing import Any

from django import forms

from submissions.forms.sections import SectionForm, TextForm
from submissions.forms.text import LongTextField, count_line


class ChoiceForm(forms.Form):
    """Keep what is saved, take one's own, or (for texts) a merged one; nothing is preselected.

    `mine` is the section's form and `own` the cleaned values of the person's version, `revision` that of the saved
    version on the page. `text` fills the field for the merged text, with the person's own unless told otherwise.
    """

    SAVED, OWN, NEW = "gespeichert", "eigene", "neu"

    wahl = forms.ChoiceField(
        label="Fassung",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie, welche Fassung gelten soll.",
            "invalid_choice": "Wählen Sie eine der angebotenen Fassungen.",
        },
    )
    revision = forms.IntegerField(label="Stand dieser Seite", widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        mine: SectionForm,
        own: dict[str, Any],
        revision: int,
        data: Mapping[str, Any] | None = None,
        *,
        text: str | None = None,
    ) -> None:
        super().__init__(data, initial={"revision": revision})
        self.own = own
        self.name = ""
        choices = [(self.SAVED, "gespeicherte Fassung"), (self.OWN, "eigene Fassung")]
        if isinstance(mine, TextForm):
            self.name = mine.name
            self.initial["text"] = own.get(mine.name, "") if text is None else text
            self.fields["text"] = LongTextField(label="Zusammengeführter Text", limit=mine.limit, rows=9)
            choices.append((self.NEW, "zusammengeführter Text"))
        wahl = self.fields["wahl"]
        assert isinstance(wahl, forms.ChoiceField)
        wahl.choices = choices

    def clean(self) -> None:
        """A text that was not chosen need not be in order."""
        if self.cleaned_data.get("wahl") in {self.SAVED, self.OWN}:
            self.errors.pop("text", None)

    @property
    def values(self) -> dict[str, Any] | None:
        """What to save, in the shape of the section; None keeps what is saved."""
        wahl = self.cleaned_data["wahl"]
        if wahl == self.NEW:
            return {self.name: self.cleaned_data["text"]}
        return self.own if wahl == self.OWN else None

    @property
    def count(self) -> str:
        """The count of the merged text as it is shown."""
        field = self.fields.get("text")
        if not isinstance(field, LongTextField):
            return ""
        return count_line(field.to_python(self["text"].value()), field.limit)

    @property
    def compared_with(self) -> int:
        """The revision of the saved version that the person saw."""
        revision = self.cleaned_data["revision"]
        return -1 if revision is None else revision
