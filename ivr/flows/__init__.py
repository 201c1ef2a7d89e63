"""Call flows as documents and the pure machine that runs them."""
