"""One act on a task in each file."""
