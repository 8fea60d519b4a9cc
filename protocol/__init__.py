"""The wire: messages with their bounds, codec, snapshots, the conversation of a connection."""
