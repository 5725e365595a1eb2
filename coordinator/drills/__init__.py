"""A building's drill: flat by flat, so that neither too many flats move at once nor the contract demand is exceeded."""
