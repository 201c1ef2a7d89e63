"""Tests of crm.policy."""
