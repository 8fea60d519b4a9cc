"""The public address of this house: what kind an address is, and which one the world sees."""
