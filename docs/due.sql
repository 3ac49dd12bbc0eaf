-- What is due in the last quarter of 2024, of which plan, on which page it stands, by whom, and what.
SELECT d."end", f.number, min(e.page), d.body, d.what
FROM deadlines AS d
JOIN document_fields AS f ON f.document_id = d.document_id
JOIN evidence AS e
  ON e.document_id = d.document_id AND e.record_table = 'deadlines'
  AND e.record_number = d.record_number AND e.field = 'text'
WHERE d."end" BETWEEN '2024-10-01' AND '2024-12-31'
GROUP BY d.document_id, d.record_number
ORDER BY d."end", f.number;
