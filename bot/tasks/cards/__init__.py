"""From tasks to neutral messages."""
