"""The player: link, prediction, interpolation, and a window to see it in."""
