<%
import re

title = " ".join(message.split()).replace("\\", "/").replace('"', "'").rstrip(".")
title = title[:1].upper() + title[1:]
ids = down_revision if isinstance(down_revision, (tuple, list)) else [down_revision]


def body(code):
    """Drop Alembic's marker comments, and the `pass` that a docstring makes needless."""
    lines = [line for line in (code or "").splitlines() if not re.match(r"\s*(# ### |pass$)", line)]
    return "\n".join(lines).rstrip()


up, down = body(upgrades), body(downgrades)
code = up + down
%>\
"""${title}.

Revision: ${up_revision}
Revises: ${", ".join(i for i in ids if i) or "nothing, it is the first"}
Created: ${create_date.strftime("%Y-%m-%d %H:%M")}
"""

% if "sa." in code:
import sqlalchemy as sa
% endif
% if "op." in code:
from alembic import op
% endif
% if imports:
${imports}
% endif

revision: str = ${repr(up_revision)}
down_revision: str | tuple[str, ...] | None = ${repr(down_revision)}
% if branch_labels:
branch_labels: str | tuple[str, ...] | None = ${repr(branch_labels)}
% endif
% if depends_on:
depends_on: str | tuple[str, ...] | None = ${repr(depends_on)}
% endif


def upgrade() -> None:
    """Make the change."""
${"    " + up if up and not up.startswith(" ") else up}


def downgrade() -> None:
    """Take the change back."""
${"    " + down if down and not down.startswith(" ") else down}
