"""Recordings of calls: naming and ledger. The audio itself lies in the state folder."""
