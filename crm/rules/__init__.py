"""Dated rules: the defaults that travel with the package, and what the company has changed since."""
