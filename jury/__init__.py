"""Jury: seats, recusals, assessments, sessions and decisions."""
