"""What operators watch the portal by: lines of the log, figures, alerts, reports of errors. Never personal data."""
