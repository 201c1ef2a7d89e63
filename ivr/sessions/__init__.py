"""The shell of a call: inputs in, effects out, journal, resume and commands."""
