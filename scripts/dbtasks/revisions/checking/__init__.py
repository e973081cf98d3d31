"""Hold the models, the history and a database against each other."""
