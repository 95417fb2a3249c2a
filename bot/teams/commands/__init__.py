"""The commands about the team, a file each."""
