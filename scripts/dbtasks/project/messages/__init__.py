"""What the two sides say to each other; both import it, so it is Python 3.10 and the standard library alone."""
