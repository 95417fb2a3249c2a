"""A comment or message that cannot wait: raised, followed up, answered."""
