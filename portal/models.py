"""Project directory, news, dates and pages kept by editors; nothing is stored yet."""
