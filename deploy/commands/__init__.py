"""The commands: each reads its words, asks the modules that know, and shows the answer."""
