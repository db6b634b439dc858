"""The handbook of the Geschäftsstelle: the Markdown files of docs/handbuch as pages of the admin."""
