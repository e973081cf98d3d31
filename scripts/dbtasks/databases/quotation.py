"""Names and texts as they may stand in SQL that is shown, or given to SQLite."""


def quote_name(name: str) -> str:
    """An identifier, which both engines quote alike."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"
