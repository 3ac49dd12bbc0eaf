"""The revisions of the schema, one file each: `rNNNN_what_it_does.py`, counted from 0001.

A revision never imports the schema of today: it says what it finds and what it makes of it, for SQLite and
PostgreSQL. What alters a table in SQLite goes through `op.batch_alter_table`.
"""
