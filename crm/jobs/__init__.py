"""What crm does by itself, again and again."""
