"""Lists of tickets."""
