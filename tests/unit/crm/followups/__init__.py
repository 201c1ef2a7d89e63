"""Tests of crm.followups."""
