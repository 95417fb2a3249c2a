"""The adapter for Discord, over a Discord of our own on loopback."""
