"""Call-back tasks."""
