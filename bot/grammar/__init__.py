"""A typed line: its command, task, person, place and moment."""
