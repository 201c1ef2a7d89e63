"""The operator's side: the command line, the local stack, the Asterisk tree and the robots."""
