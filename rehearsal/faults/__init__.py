"""What goes wrong during a rehearsal: real kills and cuts at moments that follow from the seed."""
