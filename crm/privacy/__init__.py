"""A person's own data: handed out, and erased on request (PIPL), while counts stay right."""
