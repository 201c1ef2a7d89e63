"""Tickets, their slots, states and timeline."""
