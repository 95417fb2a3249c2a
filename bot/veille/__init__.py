"""The daily social listening."""
