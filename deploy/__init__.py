"""The host's tools: bring it up, let friends in, see how it is."""
