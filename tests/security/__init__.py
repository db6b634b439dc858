"""Attacks, a module per theme; docs/sicherheit.md says which requirement each of them answers."""
