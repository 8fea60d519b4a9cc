"""The host's tools: the launcher, the commands, Docker and embedded mode, monitoring."""
