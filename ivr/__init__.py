"""One call from ring to hang-up: telephony, call flows and sessions. Holds no database."""
