"""The media resource: audio in, meaning out; text in, audio out. Knows no call flow and no customer."""
