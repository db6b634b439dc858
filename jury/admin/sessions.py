"""Progress of scoring, Sessions and decisions in the admin: who is how far, opening, attendance, confirming."""
