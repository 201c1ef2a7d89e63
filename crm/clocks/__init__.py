"""Clocks of promises: started by tickets, kept by their states, watched by a tick."""
