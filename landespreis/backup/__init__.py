"""Backup and restore: database and private files of one moment in one archive, encrypted where a key is given."""
