"""Tests of people, the register and who gets in."""
