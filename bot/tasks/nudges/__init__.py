"""One scheduled message about tasks in each file."""
