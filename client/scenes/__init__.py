"""What the window can be doing: joining, playing, looking at results."""
