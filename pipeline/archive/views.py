"""Ready-made views of the catalog, in SQL that SQLite and PostgreSQL both take.

They are made anew with every revision of the schema; a view that is changed comes with a revision, if an empty one.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

__all__ = ["VIEWS", "create_views", "drop_views"]

_DEADLINES_DUE = """
SELECT d.id AS document_id, d.sha256, d.name AS source, f.type, f.number, f.issuer, f.title, f.date AS issued_on,
       l.record_number, l.kind, l.start AS starts_on, l."end" AS due_on, l.recurrence, l.text, l.what, l.body,
       l.end_confidence AS confidence
FROM deadlines l
JOIN documents d ON d.id = l.document_id
LEFT JOIN document_fields f ON f.document_id = l.document_id
WHERE l."end" IS NOT NULL
"""
_TASKS_BY_BODY = """
SELECT a.body,
       COUNT(*) AS tasks,
       SUM(CASE WHEN a.role = 'lead' THEN 1 ELSE 0 END) AS leads,
       SUM(CASE WHEN a.role = 'coordinate' THEN 1 ELSE 0 END) AS coordinates,
       SUM(CASE WHEN a.role = 'advise' THEN 1 ELSE 0 END) AS advises,
       SUM(CASE WHEN a.role = 'monitor' THEN 1 ELSE 0 END) AS monitors,
       SUM(CASE WHEN a.role = 'report_to' THEN 1 ELSE 0 END) AS receives_reports,
       COUNT(DISTINCT a.document_id) AS documents
FROM assignments a
WHERE a.body IS NOT NULL
GROUP BY a.body
"""
_MOVEMENTS_BY_YEAR = """
SELECT COALESCE(SUBSTR(m.start, 1, 4), SUBSTR(f.date, 1, 4)) AS year, m.level,
       COUNT(*) AS mentions,
       COUNT(DISTINCT m.name) AS movements,
       SUM(CASE WHEN m.role = 'launches' THEN 1 ELSE 0 END) AS launched,
       COUNT(DISTINCT m.document_id) AS documents
FROM movements m
LEFT JOIN document_fields f ON f.document_id = m.document_id
GROUP BY COALESCE(SUBSTR(m.start, 1, 4), SUBSTR(f.date, 1, 4)), m.level
"""
# A number tells a document only with its year, so of several that could be meant none is named.
_CITED = """
SELECT CASE WHEN COUNT(*) = 1 THEN MIN(c.document_id) END
FROM document_fields c
WHERE c.number = r.number AND c.document_id <> r.document_id AND SUBSTR(r.number, 1, 1) <> '/'
  AND (r.date IS NULL OR c.date IS NULL
       OR SUBSTR(c.date, 1, LENGTH(r.date)) = r.date OR SUBSTR(r.date, 1, LENGTH(c.date)) = c.date)
"""
_CITATIONS = f"""
SELECT t.document_id, d.sha256, d.name AS source, f.number, f.date AS issued_on, t.record_number, t.role,
       t.kind AS cited_kind, t.cited_number, t.cited_date, t.cited_issuer, t.cited_title,
       t.cited_document_id, e.sha256 AS cited_sha256, e.name AS cited_source
FROM (
    SELECT r.document_id, r.record_number, r.role, r.kind, r.number AS cited_number, r.date AS cited_date,
           r.issuer AS cited_issuer, r.title AS cited_title, ({_CITED}) AS cited_document_id
    FROM document_references r
) t
JOIN documents d ON d.id = t.document_id
LEFT JOIN document_fields f ON f.document_id = t.document_id
LEFT JOIN documents e ON e.id = t.cited_document_id
"""  # noqa: S608 - SQL of our own

VIEWS: Mapping[str, str] = {
    "deadlines_due": _DEADLINES_DUE,
    "tasks_by_body": _TASKS_BY_BODY,
    "movements_by_year": _MOVEMENTS_BY_YEAR,
    "citations": _CITATIONS,
}


def drop_views(connection: Connection) -> None:
    """Take the views away, so that the tables under them can be changed."""
    for name in reversed(tuple(VIEWS)):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def create_views(connection: Connection) -> None:
    """Make the views."""
    for name, question in VIEWS.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {question.strip()}")
