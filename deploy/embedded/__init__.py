"""Embedded mode: the server and Caddy as children of one supervisor, without Docker."""
