"""How a book is cleared: one file for each objective, one for what is served before the rest, one for the whole."""
