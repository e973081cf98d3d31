"""The history as data: its graph, its archived sources, and how a database disagrees with it."""
