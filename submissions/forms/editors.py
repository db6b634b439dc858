"""The shape of an invitation, a change of role, and handing an entry over."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html

from submissions.models import Editor

Role = Editor.Role
Data = Mapping[str, Any] | None
MEANING = {
    Role.READ: "sieht alles, ändert nichts",
    Role.EDIT: "schreibt Texte, pflegt Partner und Dateien",
    Role.SUBMIT: "darf außerdem einreichen, zurückziehen und einladen",
}


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-Mail-Adresse",
        help_text="Dorthin senden wir einen Link. Wer noch kein Konto hat, legt dabei eines an.",
        error_messages={
            "required": "Schreiben Sie die E-Mail-Adresse der Person.",
            "invalid": "Prüfen Sie die E-Mail-Adresse. Sie sieht zum Beispiel so aus: name@kommune.example",
        },
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Was darf die Person?",
        choices=[
            (role.value, format_html('{} <span class="lp-quiet">{}</span>', role.label, meaning))
            for role, meaning in MEANING.items()
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie, was die Person darf.",
            "invalid_choice": "Wählen Sie, was die Person darf.",
        },
    )


class RoleForm(forms.Form):
    """The role of one editor; many of these stand on one page."""

    role = forms.ChoiceField(
        label="Rolle",
        choices=Role.choices,
        error_messages={"required": "Wählen Sie eine Rolle.", "invalid_choice": "Wählen Sie eine Rolle."},
    )

    def __init__(self, editor: Editor, data: Data = None) -> None:
        super().__init__(data, auto_id=f"id_%s_person_{editor.pk}", initial={"role": editor.role})


class HandOverForm(forms.Form):
    """To whom of `editors` (accepted, with their users at hand) the entry goes."""

    to = forms.TypedChoiceField(
        label="Wer übernimmt die Einreichung?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie die Person, die übernimmt.",
            "invalid_choice": "Diese Person wirkt nicht mehr mit. Wählen Sie eine andere.",
        },
    )
    sure = forms.BooleanField(
        label="Ja, ich übergebe diese Einreichung.",
        error_messages={"required": "Setzen Sie den Haken, wenn Sie die Einreichung wirklich übergeben wollen."},
    )

    def __init__(self, editors: Iterable[Editor], data: Data = None) -> None:
        super().__init__(data)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (editor.pk, format_html('{} <span class="lp-quiet">{}</span>', editor.user, editor.user.email))
            for editor in editors
            if editor.user
        ]
