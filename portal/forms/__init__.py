"""The shape of what people enter on public pages and editors in the admin."""
