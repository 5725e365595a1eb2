"""How long a year of plans takes to make, to check, to write and to read, and how good plans are."""
