"""The jury of the demo, told through the verbs as far as the phase has come."""

from jury.demo import panel


def fill(phase: str) -> None:
    """Put the five on their seats; needs the round and the demo's people."""
    panel.fill()
