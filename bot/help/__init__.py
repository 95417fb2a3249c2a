"""The help of the commands, and the answers to refusals."""
