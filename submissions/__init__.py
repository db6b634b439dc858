"""Submissions: the round, its entries, what was handed in, and the receipts."""
