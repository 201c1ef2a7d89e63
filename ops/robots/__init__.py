"""Robots: real SIP callers and agents with ears, by way of the carrier's Asterisk and AudioSocket."""
