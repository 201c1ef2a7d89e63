"""Tests of crm.corrections."""
