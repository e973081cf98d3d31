"""Run revisions: each whole or not at all, waiting for nobody longer than it may, and telling what went wrong."""
