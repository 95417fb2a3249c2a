"""One command about tasks in each file."""
