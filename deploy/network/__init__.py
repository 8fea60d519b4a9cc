"""This computer's place in the home network: the router, our address and MAC, a lasting IPv6."""
