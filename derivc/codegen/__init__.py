"""Program to text to callable."""
