"""The field in which editors write marked text, with the editor that scripts build on its textarea."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Script
from django.urls import reverse

from portal import richtext
from submissions.forms.text import normalised, validate_readable

WITH_HEADINGS = "## Überschrift, ### Zwischenüberschrift, "
HELP = (
    "{headings}**fett**, *kursiv*, [Text](https://…), - Liste, 1. Nummern, &gt; Zitat{pictures}. "
    "Eine leere Zeile trennt Absätze."
)
PICTURES = ", ![Was zu sehen ist](bild:7) in einer eigenen Zeile"


class RichTextWidget(forms.Textarea):
    """A textarea that works as it is; `static/js/richtext.js` adds buttons and the preview."""

    def __init__(self, *, headings: bool, pictures: bool) -> None:
        super().__init__({"rows": 18, "cols": 80, "class": "vLargeTextField rt-source"})
        self.headings = headings
        self.pictures = pictures

    @property
    def media(self) -> forms.Media:
        script: Any = Script("js/richtext.js", type="module")
        return forms.Media(css={"all": ["css/richtext.css"]}, js=[script])

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        own = {"data-preview": reverse("admin:portal_preview")}
        if self.headings:
            own["data-headings"] = "1"
        if self.pictures:
            own["data-pictures"] = reverse("admin:portal_pictures")
        return super().build_attrs(base_attrs, extra_attrs) | own


class RichTextField(forms.CharField):
    """Marked text that can be shown: headings in order, links with a target, pictures with alternative text."""

    def __init__(self, *, headings: bool = True, pictures: bool = True, **kwargs: Any) -> None:
        self.headings = headings
        text = HELP.format(headings=WITH_HEADINGS if headings else "", pictures=PICTURES if pictures else "")
        widget = RichTextWidget(headings=headings, pictures=pictures)
        super().__init__(widget=widget, help_text=text, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalised(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        validate_readable(value)
        problems = richtext.render(value, headings=self.headings).problems
        if problems:
            raise ValidationError([ValidationError(problem) for problem in problems])
