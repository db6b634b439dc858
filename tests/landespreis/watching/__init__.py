"""What operators watch the portal by: that it is right, and that nobody is named in it."""
