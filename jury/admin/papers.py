"""Minutes, certificates and letters in the admin: their state, download, preview and release."""
