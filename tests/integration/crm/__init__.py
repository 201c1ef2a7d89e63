"""crm as a process."""
