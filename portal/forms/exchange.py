"""The shape of a table that editors bring in."""

from django import forms


class TableForm(forms.Form):
    table = forms.FileField(
        label="Datei",
        help_text="CSV in UTF-8, XLSX oder JSON, höchstens 500 Zeilen. Sie sehen zuerst, was sich ändern würde.",
        widget=forms.FileInput({"accept": ".csv,.xlsx,.json"}),
        error_messages={
            "required": "Wählen Sie die Datei auf Ihrem Gerät aus.",
            "empty": "Die Datei ist leer. Wählen Sie eine andere.",
        },
    )
