"""What adscreen looks for in an ad, and how it finds it."""
