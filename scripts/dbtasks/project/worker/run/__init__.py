"""Run revisions: transactions, lock timeouts, and what a failure means."""
