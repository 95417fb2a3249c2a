"""What people can ask, and what a refusal answers."""
