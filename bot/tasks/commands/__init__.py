"""Commands about tasks, one in each file."""
