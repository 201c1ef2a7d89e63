"""serials in one width and case, without blanks"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0392"
down_revision = "0390"
branch_labels = None
depends_on = None

_UNSEEN = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


def upgrade() -> None:
    """Apply; of cards whose serials are one now, the one written so or the oldest gets it, people see to the others."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT id, serial FROM products WHERE serial <> '' ORDER BY created_at, id")
    ).all()
    taken = {serial for _, serial in rows if serial == _normal(serial)}
    changed = []
    for key, serial in rows:
        normal = _normal(serial)
        if normal not in taken:
            taken.add(normal)
            changed.append({"key": key, "normal": normal})
    if changed:
        connection.execute(sa.text("UPDATE products SET serial = :normal WHERE id = :key"), changed)


def downgrade() -> None:
    """Take back; how each serial was typed is not known any more."""


def _normal(serial: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", serial)).upper()
