"""How dates are written by Django itself, by language, where that differs from what it brings along."""
