"""Stock of parts: how many lie where, each movement with its reason, marks below which they are low."""
