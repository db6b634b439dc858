"""Messages of the office to a group of people (Rundschreiben), and the texts they begin from (Textvorlagen)."""
