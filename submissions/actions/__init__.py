"""The verbs of an entry, by topic. Only these modules write entries, and each verb is one transaction."""
