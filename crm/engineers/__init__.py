"""Engineers: what they can, where they work, how much a day."""
