"""Seats, jurors, recusals, assessments and decisions; nothing is stored yet."""
