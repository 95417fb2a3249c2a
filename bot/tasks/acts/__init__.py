"""Acts on tasks, one in each file."""
