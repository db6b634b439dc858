"""The shape of the news about the winners, and whether the letters go with it."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget

from accounts.forms import one_line
from landespreis.overtaking import Read
from portal.ceremony import Words
from portal.forms.richtext import RichTextField
from portal.models import NewsCategory
from submissions.forms.text import validate_readable


class AnnouncementForm(Read):
    title = forms.CharField(
        label="Überschrift",
        max_length=150,
        validators=[one_line],
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
    )
    category = forms.ModelChoiceField(
        label="Rubrik",
        queryset=NewsCategory.objects.all(),
        empty_label=None,
        error_messages={"required": "Bitte wählen Sie eine Rubrik. Angelegt wird sie unter „Rubriken“."},
    )
    lead = forms.CharField(
        label="Vorspann",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        validators=[validate_readable],
        help_text="Ein oder zwei Sätze, ohne Auszeichnung. Steht auch in Listen und im Feed.",
    )
    body = RichTextField(label="Text", max_length=30_000)
    with_letters = forms.BooleanField(
        label="Auch alle Briefe freigeben, die noch nicht freigegeben sind",
        required=False,
        help_text="Sie gehen mit der Urkunde als Mail an die Mitwirkenden der Einreichungen.",
    )

    @property
    def words(self) -> Words:
        data = self.cleaned_data
        return Words(data["title"], data["lead"].replace("\r\n", "\n"), data["body"])
