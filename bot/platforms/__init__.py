"""Services of the core for adapters, besides the handling of requests."""
