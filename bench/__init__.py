"""The load bench: what the shipped server costs per player, and beside it a Colyseus room."""
