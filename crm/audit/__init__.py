"""Who looked at recordings and personal data, and who changed what is not a ticket."""
