"""A message as one recipient gets it: subject, text and HTML from the same words."""

from collections.abc import Mapping

from landespreis import mail
from landespreis.audiences import GENERAL, Kind
from landespreis.circulars import paragraphs, placeholders
from landespreis.mail import Said
from landespreis.models import Circular


def said(circular: Circular, values: Mapping[str, str], kind: Kind = GENERAL) -> Said:
    """Return the mail with those values in the place of the placeholders."""
    text = placeholders.fill(circular.text, values)
    return mail.said(
        "circular",
        {
            "letter_subject": placeholders.fill(circular.subject, values),
            "text": text,
            "html": paragraphs.html(text),
            "reason_given": kind.reason,
        },
    )
