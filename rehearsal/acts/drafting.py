"""From the opening to the last day: sign-up, municipality, draft, colleagues, files; the early ones hand in."""

from rehearsal.stage import Stage


def play(stage: Stage) -> None:
    """Leave nothing yet."""
    stage.browser().get("/")
