"""Verbs of the jury: the only writers; each is one transaction and writes its line of the journal."""
