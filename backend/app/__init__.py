"""Vibe4Vets: a directory of resources for Veterans."""
