"""The demo: believable data per phase, one-click login, every outgoing mail, and a clock that can be moved."""
