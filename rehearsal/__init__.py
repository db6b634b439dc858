"""A whole award played on real processes: people, faults, and what must be true at the end of it."""
