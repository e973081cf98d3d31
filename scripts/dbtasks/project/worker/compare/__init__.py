"""Hold models, history and database against each other."""
