"""The pages of functions: what they say, as data, and as text."""
