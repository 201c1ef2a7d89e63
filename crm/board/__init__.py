"""The supervisor's live figures."""
