"""What the machine expects and the product does not do yet: rules and checks that are switched off.

Each name stands with the facts of the issue that it waits for. The list has to be empty in the end.
"""

NOT_BUILT: dict[str, str] = {
    "undo_history": "U1: db_undo walks back, --redo, -- N",
    "guard_variable": "G2: DBTASKS_ENVIRONMENT=production protects",
    "writer_in_place": "D3: rows committed between the copy and a change in place",
    "label_command": "G2: db_label",
}


def is_built(name: str) -> bool:
    """May the machine expect it?"""
    return name not in NOT_BUILT
