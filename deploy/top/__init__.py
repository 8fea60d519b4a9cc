"""`top`: the running server, seen live."""
