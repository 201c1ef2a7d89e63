"""What a recognizer misheard and an agent corrected: kept with the clip as a set for `bench speech`."""
