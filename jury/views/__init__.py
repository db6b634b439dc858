"""The pages of the jury, by topic."""
