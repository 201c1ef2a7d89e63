"""What ivr asks and tells."""
