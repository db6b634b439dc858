"""What is asked for before a verb on an entry: a reason, a new deadline, whether to tell; who asks, see the ground."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime

from landespreis.confirm import NoForm, Question, ask

__all__ = [
    "CorrectionForm",
    "DeadlineForm",
    "NoForm",
    "Question",
    "ReasonForm",
    "RemarkForm",
    "TellForm",
    "ask",
]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        error_messages={"required": "Bitte nennen Sie den Grund."},
    )


class DeadlineForm(forms.Form):
    until = forms.SplitDateTimeField(
        label="Neue Frist",
        widget=AdminSplitDateTime,
        help_text="Der erste Augenblick, in dem nichts mehr angenommen wird. Ortszeit in Nordrhein-Westfalen.",
    )
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="Steht im Verlauf der Einreichung.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["until"].widget
        assert isinstance(widget, AdminSplitDateTime)
        for part, name in zip(widget.widgets, ("Datum", "Uhrzeit"), strict=True):
            part.attrs["aria-label"] = f"Neue Frist, {name}"


class TellForm(forms.Form):
    tell = forms.BooleanField(
        label="E-Mail „Ihre Einreichung ist zugelassen“ schicken",
        required=False,
        initial=True,
        help_text="An die verantwortliche Person und alle Mitwirkenden. Im nächsten Schritt sehen Sie den Text.",
    )


class RemarkForm(ReasonForm):
    """A reason that the mail quotes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Steht wörtlich in der E-Mail an die Mitwirkenden und im Verlauf."


class CorrectionForm(DeadlineForm):
    """Until when the people may correct what; the mail quotes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Was zu ändern ist"
        self.fields["reason"].help_text = "Steht wörtlich in der E-Mail an die Mitwirkenden und im Verlauf."
