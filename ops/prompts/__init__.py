"""The prompts as a studio and an operator see them: the recording script, and whether the files are fit."""
