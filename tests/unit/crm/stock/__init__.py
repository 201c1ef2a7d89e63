"""Stock of parts and partners."""
