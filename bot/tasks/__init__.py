"""Tasks, their checklists and everything that people do to them."""
