"""What is happening now: pops and cards."""
