"""The authority: one process, one world, many connections."""
