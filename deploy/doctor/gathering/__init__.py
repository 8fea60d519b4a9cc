"""Gathering the facts: from this computer, the router, DNS, the door, and whoever looks outside."""
