"""The one family of exceptions by which a verb refuses, with a German message for the person."""


class Refused(Exception):
    """A verb cannot be done; `str()` is a German sentence that says why and what to do.

    `status` is the HTTP status of the page the refusal becomes when a view does not show it itself.
    """

    status = 409

    def __init__(self, message: str, *, title: str = "Das geht gerade nicht") -> None:
        super().__init__(message)
        self.message = message
        self.title = title


class NotAllowed(Refused):
    """The person may see the object but may not do this."""

    status = 403


class TooLate(Refused):
    """The window of the round, or the entry's own deadline, is not open."""

    status = 409


class Unavailable(Refused):
    """Something outside the portal (storage, scanner) does not answer; trying again later helps."""

    status = 503


class Overtaken(Refused):
    """Something happened to the object after the page was read on which the person decided."""


class MailChanged(Refused):
    """The mail is not the one that was shown."""
