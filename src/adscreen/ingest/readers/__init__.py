"""Readers of sources that are not tables: one module per kind, behind one protocol."""
