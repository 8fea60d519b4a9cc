"""This computer's own firewall: what it lets in, what it must let in, and how to get back."""
