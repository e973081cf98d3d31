"""Former states, named states, built states and ready-made states of a database: whole databases beside it."""
