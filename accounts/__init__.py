"""Accounts: people, the register of municipalities, and who works where."""
