"""How flats bid."""
