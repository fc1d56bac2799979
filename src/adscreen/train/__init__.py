"""Labelled ads to a bundle."""
