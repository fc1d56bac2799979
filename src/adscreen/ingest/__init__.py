"""Edges where data comes in: sources become batches of ads, and what cannot become an ad becomes a reject."""
