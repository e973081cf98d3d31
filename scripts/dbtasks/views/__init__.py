"""What results and events look like to people and programs."""
