"""Dynamic DNS: the public name follows the public address, whoever serves the name."""
