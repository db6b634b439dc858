"""What the verbs share that store an editor's text: rendering it, and refusing what cannot be shown."""

from landespreis.refusal import Refused
from portal import richtext


class Unreadable(Refused):
    """The text cannot be stored as it is; the message names every place."""

    status = 422


def html(source: str, *, headings: bool = True) -> str:
    """Return the sanitised HTML of `source`. Raises Unreadable."""
    done = richtext.render(source, headings=headings)
    if done.problems:
        raise Unreadable(" ".join(done.problems), title="Der Text lässt sich so nicht speichern")
    return done.html
