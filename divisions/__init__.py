"""Administrative divisions: their names, and which of them an address begins with. Pure; speech and crm use it."""
