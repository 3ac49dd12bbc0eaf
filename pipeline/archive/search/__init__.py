"""Full-text search over pages and records, in SQLite (FTS5) and PostgreSQL (tsvector and GIN)."""

from pipeline.archive.search.filters import Filters
from pipeline.archive.search.finding import Hit, search
from pipeline.archive.search.index import INDEX_VERSION, forget, put, rebuild
from pipeline.archive.search.query import Query

__all__ = ["INDEX_VERSION", "Filters", "Hit", "Query", "forget", "put", "rebuild", "search"]
