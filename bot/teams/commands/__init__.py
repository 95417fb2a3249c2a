"""One command about the team in each file."""
