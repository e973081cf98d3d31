"""See what the project's code reads while a database is built, in whichever process that code runs."""
