"""What callers say to a question in their own words, and what a sentence nobody foresaw is most like."""
