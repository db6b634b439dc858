"""The verbs of the portal, by topic; each is one transaction."""
