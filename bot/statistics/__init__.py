"""The month's statistics."""
