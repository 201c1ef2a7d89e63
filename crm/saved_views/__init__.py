"""Named filters of the ticket list, each person's own."""
