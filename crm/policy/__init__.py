"""Rules of the service as pure functions over dated data."""
