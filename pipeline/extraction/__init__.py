"""Tables of records from a parted document: one module and one function a table."""
