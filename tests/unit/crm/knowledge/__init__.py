"""Tests of crm.knowledge."""
