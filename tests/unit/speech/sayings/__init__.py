"""The sayings of callers, and sentences that nobody foresaw."""
