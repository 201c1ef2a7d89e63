"""Gas companies' emergency numbers by city: spoken in a gas emergency only where the company has entered them."""
