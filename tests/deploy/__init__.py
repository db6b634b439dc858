"""Tests of what deploys the portal: Compose, systemd, the reverse proxy."""
