"""A mail server that refuses every recipient by name."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        addresses = [one.to[0] for one in email_messages]
        raise smtplib.SMTPRecipientsRefused({one: (550, f"<{one}> unknown".encode()) for one in addresses})
