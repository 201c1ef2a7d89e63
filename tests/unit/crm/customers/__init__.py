"""Tests of crm.customers and crm.products."""
