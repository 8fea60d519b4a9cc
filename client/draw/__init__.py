"""All the pictures. Every function takes plain data and a surface; none knows the network."""
