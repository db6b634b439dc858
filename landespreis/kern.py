"""The base of crispy helpers that render forms with our KERN template pack."""

from typing import Any

from crispy_forms.helper import FormHelper


class KernHelper(FormHelper):
    """Renders the fields only; the template writes `<form>`, the CSRF token, the buttons and the error summary."""

    def __init__(self, form: Any = None) -> None:
        super().__init__(form)
        self.form_tag = False
        self.disable_csrf = True
