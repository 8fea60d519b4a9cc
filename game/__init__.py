"""The rules of the game: pure, integer, deterministic. Time and chance are arguments."""
