"""Branches of the code and what they leave in a database: archived texts, and the way back to this checkout."""
