"""One task, one file: arguments, calls, words. The first line of each is its line in the help."""
