"""The forms of the jury, by topic."""
