"""Docker mode: is it possible here, and driving the stack of compose.yaml."""
