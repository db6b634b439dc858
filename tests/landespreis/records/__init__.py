"""Tests of what is kept, how long, and for whom."""
