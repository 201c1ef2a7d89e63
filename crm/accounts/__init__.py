"""People and programs that use the pages: roles, passwords, sessions, tokens."""
