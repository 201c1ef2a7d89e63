"""Outlets (网点): where engineers start, which divisions each serves, which of them count as 市区."""
