"""Seats, jurors, recusals and the journal of the jury in the admin."""
