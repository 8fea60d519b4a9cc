"""`setup`: from a server at home to one that friends elsewhere can join, with proof."""
