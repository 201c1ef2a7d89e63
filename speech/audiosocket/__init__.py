"""AudioSocket, the TCP protocol by which Asterisk lends us a channel's audio."""
