"""Portal: what the public reads."""
