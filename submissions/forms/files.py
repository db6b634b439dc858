"""The shape of an upload and of what is said about an image; what is in the file is judged by the verb."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html

from accounts.forms import one_line
from submissions.models import Attachment, Round

Kind = Attachment.Kind
PDF, IMAGE = "PDF", "JPEG, PNG oder WebP"
TAKEN = {Kind.PROOF: PDF, Kind.IMAGE: IMAGE, Kind.ANNEX: PDF}
"""What is accepted as which kind, as people call it."""
ACCEPT = {PDF: ".pdf", IMAGE: ".jpg,.jpeg,.png,.webp"}


class FileField(forms.FileField):
    """A file within the limits of `round`: hint, browser and server say the same number."""

    def __init__(self, round: Round, *, accept: str, help_text: str) -> None:
        super().__init__(
            label="Datei auswählen",
            help_text=help_text,
            widget=forms.FileInput(
                {"accept": accept, "data-max-bytes": round.max_file_bytes, "data-max-label": _limit(round)}
            ),
            error_messages={
                "required": "Wählen Sie die Datei auf Ihrem Gerät aus.",
                "missing": "Wählen Sie die Datei auf Ihrem Gerät aus.",
                "invalid": "Die Datei ist nicht angekommen. Wählen Sie sie noch einmal aus.",
                "empty": "Die Datei ist leer. Prüfen Sie sie auf Ihrem Gerät und wählen Sie sie noch einmal aus.",
            },
        )


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label="Was für eine Datei ist das?",
        choices=[
            (kind.value, format_html('{} <span class="lp-quiet">{}</span>', kind.label, taken))
            for kind, taken in TAKEN.items()
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie, was für eine Datei das ist.",
            "invalid_choice": "Wählen Sie, was für eine Datei das ist.",
        },
    )

    def __init__(self, round: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["datei"] = FileField(
            round,
            accept=",".join(ACCEPT.values()),
            help_text=f"Höchstens {_limit(round)} je Datei, höchstens {round.max_files} Dateien.",
        )


class ReplaceForm(forms.Form):
    """A file in the place of another one of the same kind."""

    def __init__(self, round: Round, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = TAKEN[Kind(kind)]
        self.fields["datei"] = FileField(round, accept=ACCEPT[taken], help_text=f"{taken}, höchstens {_limit(round)}.")


class DescribeForm(forms.Form):
    """What an image shows and whose it is; may stay empty while the entry is a draft."""

    alt = forms.CharField(
        label="Alternativtext",
        max_length=200,
        required=False,
        validators=[one_line],
        help_text="Was ist zu sehen, für jemanden, der das Bild nicht sieht? Höchstens 200 Zeichen.",
        error_messages={"max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d."},
    )
    rights = forms.CharField(
        label="Bildrechte",
        max_length=150,
        required=False,
        validators=[one_line],
        help_text="Wer hat das Bild gemacht oder erlaubt die Verwendung?",
        error_messages={"max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d."},
    )

    def __init__(self, file: Attachment, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=f"id_%s_{file.pk}", initial={"alt": file.alt, "rights": file.rights})
        for field in self.fields.values():
            field.optional = False  # type: ignore[attr-defined]  # empty in a draft only


def _limit(round: Round) -> str:
    return f"{round.max_file_megabytes} MB"
