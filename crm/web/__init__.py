"""The FastAPI applications and what they share."""
