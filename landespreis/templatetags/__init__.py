"""Template tags of the ground: the shell, forms, and how things are said."""
