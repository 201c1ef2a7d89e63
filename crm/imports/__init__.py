"""Customers and products from tables: checked line by line, then taken over, and back into tables."""
