"""Spare parts: catalogue, price list, partners' quota, lines of requests."""
