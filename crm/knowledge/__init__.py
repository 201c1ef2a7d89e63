"""Knowledge: fault codes, consult articles, phrases; versioned, reviewed, published into the pack."""
