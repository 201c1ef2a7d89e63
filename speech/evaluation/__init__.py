"""Evaluation: what is heard right, measured on voices that no training saw, or on a company's own recordings."""
