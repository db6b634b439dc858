"""What is asked on the way of a proposal: the municipality it begins with, its picture, the declarations."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.forms import one_line
from accounts.models import Municipality, User
from portal.forms.editing import IMAGE_HELP
from portal.models import Proposal
from submissions.forms.text import validate_readable


class StartForm(forms.Form):
    """For which of the person's municipalities, and the key that makes a double click harmless."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label="Für welche Kommune schlagen Sie vor?",
        empty_label=None,
        widget=forms.RadioSelect,
        help_text="Sie ist federführend. Später lässt sich das nicht mehr ändern.",
        error_messages={
            "required": "Wählen Sie die Kommune, die federführend ist.",
            "invalid_choice": "Wählen Sie eine der angebotenen Kommunen.",
        },
    )
    key = forms.UUIDField(
        label="Diese Seite",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "Öffnen Sie sie bitte noch einmal."},
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        own = Municipality.objects.filter(memberships__in=user.memberships.active())
        field = self.fields["municipality"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = own
        keys = list(own.values_list("pk", flat=True)[:2])
        self.has_choice = len(keys) > 1
        if len(keys) == 1:
            self.initial["municipality"] = keys[0]
            field.widget = forms.HiddenInput()

    @property
    def offered(self) -> uuid.UUID | None:
        key: uuid.UUID | None = self.cleaned_data.get("key")
        return key


class PictureForm(forms.Form):
    datei = forms.FileField(
        label="Bild auswählen",
        help_text=f"{IMAGE_HELP} Höchstens 10 MB.",
        widget=forms.FileInput(
            {"accept": ".jpg,.jpeg,.png,.webp", "data-max-bytes": 10_000_000, "data-max-label": "10 MB"}
        ),
        error_messages={
            "required": "Wählen Sie das Bild auf Ihrem Gerät aus.",
            "missing": "Wählen Sie das Bild auf Ihrem Gerät aus.",
            "invalid": "Das Bild ist nicht angekommen. Wählen Sie es noch einmal aus.",
            "empty": "Die Datei ist leer. Prüfen Sie sie auf Ihrem Gerät und wählen Sie sie noch einmal aus.",
        },
    )
    alt = forms.CharField(
        label="Alternativtext",
        max_length=250,
        validators=[one_line, validate_readable],
        help_text="Was ist zu sehen, für jemanden, der das Bild nicht sieht? Höchstens 250 Zeichen.",
        error_messages={
            "required": "Beschreiben Sie, was auf dem Bild zu sehen ist.",
            "max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
        },
    )
    credit = forms.CharField(
        label="Bildnachweis",
        max_length=150,
        validators=[one_line, validate_readable],
        help_text="Wer hat das Bild gemacht? Steht unter dem Bild.",
        error_messages={
            "required": "Nennen Sie, wer das Bild gemacht hat.",
            "max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
        },
    )
    rights = forms.BooleanField(
        label="Wir dürfen dieses Bild im Internet veröffentlichen; erkennbare Personen sind einverstanden.",
        error_messages={"required": "Bestätigen Sie, dass das Bild veröffentlicht werden darf."},
    )


class DeclarationForm(forms.Form):
    """What is declared when a proposal is put in; nobody ticks it for the person."""

    correctness = forms.BooleanField(
        label="Alle Angaben sind nach bestem Wissen richtig.",
        error_messages={"required": "Bestätigen Sie, dass die Angaben richtig sind."},
    )
    publication = forms.BooleanField(
        label="Das Projekt darf mit diesen Angaben im Projektverzeichnis veröffentlicht werden.",
        error_messages={"required": "Stimmen Sie der Veröffentlichung zu."},
    )
    contact = forms.BooleanField(
        error_messages={"required": "Bestätigen Sie, dass die Ansprechperson einverstanden ist."},
    )
    seen = forms.CharField(label="Stand dieser Seite", required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, proposal: Proposal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposal.contact_public:
            self.fields["contact"].label = (
                f"{proposal.contact_name or 'Die Ansprechperson'} ist damit einverstanden, dass der Kontakt "
                "veröffentlicht wird."
            )
        else:
            del self.fields["contact"]

    @property
    def declared(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(name)) for name in ("correctness", "publication", "contact")}
