"""The store: one log of inputs and now and then a snapshot, in SQLite (decision 004)."""
