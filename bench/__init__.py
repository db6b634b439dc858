"""Measurements of the portal, each a ratio or a count from one run: `make bench`; `docs/bench.md` explains them."""
