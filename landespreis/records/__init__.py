"""What is kept, how long, and for whom: deleting it in time, and telling people what is stored about them."""
