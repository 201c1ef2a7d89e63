"""Products on file."""
