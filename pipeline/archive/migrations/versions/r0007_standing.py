"""One index with all that is counted of files, in the place of the one of their states alone."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make it."""
    op.create_index(
        "ix_files_standing",
        "files",
        ["state", "owner", "may_retry", "needs_person", "page_count", "blank_page_count", "failed_page_count"],
    )
    op.drop_index("ix_files_state", "files")
