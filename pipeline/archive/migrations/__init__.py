"""The schema's revisions, and how an older catalog becomes one of today."""

from pipeline.archive.migrations.preparing import newest_revision, prepare

__all__ = ["newest_revision", "prepare"]
