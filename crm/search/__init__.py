"""What rows are found by."""
