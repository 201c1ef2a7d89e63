"""Customers with their telephone numbers and addresses."""
