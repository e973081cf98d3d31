"""What one task does to the project's database; each module is one task or one part that several share."""
