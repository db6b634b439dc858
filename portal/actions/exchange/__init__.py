"""Projects as tables: taking them out, and bringing them in through the verb that saves them."""
