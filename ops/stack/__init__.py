"""The local stack: PostgreSQL, Redis, Asterisk and our own parts, kept running by supervisord."""
