"""Seeds: a small directory to develop with. `python -m app.seeds` loads it, as often as one likes."""
