"""The shape of what people send to the jury's pages, by topic."""
