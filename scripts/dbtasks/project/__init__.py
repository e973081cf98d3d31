"""Everything about the project's own code; only `worker` imports it."""
