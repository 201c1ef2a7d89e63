"""Tests of crm.visits, crm.engineers, crm.outlets."""
