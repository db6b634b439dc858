"""The pages of those who submit, by topic. Each finds what the person may see, binds, calls one verb, redirects."""
