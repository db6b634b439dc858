"""The acts of the story, one module each; every one has `play(stage)`."""
