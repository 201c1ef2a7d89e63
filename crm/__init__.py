"""Customers, tickets, accounts, pages and the API; the only part with SQL."""
