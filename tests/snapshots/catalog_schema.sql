-- revision 0007

CREATE TABLE bodies (
	body_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	level VARCHAR,
	place VARCHAR,
	superior_id VARCHAR,
	valid_from VARCHAR,
	valid_to VARCHAR,
	CONSTRAINT pk_bodies PRIMARY KEY (body_id),
	CONSTRAINT fk_bodies_bodies FOREIGN KEY(superior_id) REFERENCES bodies (body_id)
);

CREATE INDEX ix_bodies_kind ON bodies (kind);

CREATE INDEX ix_bodies_place ON bodies (place);

CREATE INDEX ix_bodies_superior_id ON bodies (superior_id);

CREATE TABLE corrections (
	id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	kind VARCHAR NOT NULL,
	record_table VARCHAR NOT NULL,
	field VARCHAR NOT NULL,
	marks VARCHAR NOT NULL,
	"before" VARCHAR NOT NULL,
	"after" VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	withdrawn_at DATETIME,
	CONSTRAINT pk_corrections PRIMARY KEY (id)
);

CREATE INDEX ix_corrections_sha256 ON corrections (sha256);

CREATE TABLE documents (
	id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	name VARCHAR NOT NULL,
	media_type VARCHAR NOT NULL,
	size_bytes BIGINT NOT NULL,
	original VARCHAR NOT NULL,
	folder VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	work_key VARCHAR(64) NOT NULL,
	page_count INTEGER NOT NULL,
	blank_page_count INTEGER NOT NULL,
	failed_page_count INTEGER NOT NULL,
	issue_count INTEGER NOT NULL,
	added_at DATETIME NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT pk_documents PRIMARY KEY (id),
	CONSTRAINT uq_documents_sha256 UNIQUE (sha256)
);

CREATE TABLE files (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	path_bytes BLOB,
	sha256 VARCHAR(64),
	state VARCHAR NOT NULL,
	attempts INTEGER DEFAULT '0' NOT NULL,
	may_retry BOOLEAN DEFAULT 0 NOT NULL,
	needs_person BOOLEAN DEFAULT 0 NOT NULL,
	error_code VARCHAR,
	message VARCHAR,
	remedy VARCHAR,
	page_count INTEGER DEFAULT '0' NOT NULL,
	blank_page_count INTEGER DEFAULT '0' NOT NULL,
	failed_page_count INTEGER DEFAULT '0' NOT NULL,
	wall_s FLOAT DEFAULT '0' NOT NULL,
	peak_memory_mb FLOAT DEFAULT '0' NOT NULL,
	work_key VARCHAR(64),
	owner VARCHAR,
	registered_at DATETIME NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT pk_files PRIMARY KEY (id),
	CONSTRAINT uq_files_path UNIQUE (path)
);

CREATE INDEX ix_files_sha256 ON files (sha256);

CREATE INDEX ix_files_standing ON files (state, owner, may_retry, needs_person, page_count, blank_page_count, failed_page_count);

CREATE TABLE stage_states (
	sha256 VARCHAR(64) NOT NULL,
	stage VARCHAR NOT NULL,
	page INTEGER NOT NULL,
	position INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	wall_s FLOAT,
	peak_memory_mb FLOAT,
	error_code VARCHAR,
	message VARCHAR,
	remedy VARCHAR,
	CONSTRAINT pk_stage_states PRIMARY KEY (sha256, stage, page)
);

CREATE TABLE assignments (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	body VARCHAR,
	body_confidence FLOAT,
	role VARCHAR,
	role_confidence FLOAT,
	task VARCHAR,
	task_confidence FLOAT,
	deadline VARCHAR,
	deadline_confidence FLOAT,
	CONSTRAINT pk_assignments PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_assignments_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_assignments_body ON assignments (body);

CREATE TABLE body_mentions (
	document_id INTEGER NOT NULL,
	record_table VARCHAR NOT NULL,
	record_number INTEGER NOT NULL,
	field VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	body_id VARCHAR NOT NULL,
	CONSTRAINT pk_body_mentions PRIMARY KEY (document_id, record_table, record_number, field, position),
	CONSTRAINT fk_body_mentions_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE,
	CONSTRAINT fk_body_mentions_bodies FOREIGN KEY(body_id) REFERENCES bodies (body_id)
);

CREATE INDEX ix_body_mentions_body_id ON body_mentions (body_id);

CREATE TABLE deadlines (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	text VARCHAR,
	text_confidence FLOAT,
	kind VARCHAR,
	kind_confidence FLOAT,
	start VARCHAR,
	start_confidence FLOAT,
	"end" VARCHAR,
	end_confidence FLOAT,
	recurrence VARCHAR,
	recurrence_confidence FLOAT,
	what VARCHAR,
	what_confidence FLOAT,
	body VARCHAR,
	body_confidence FLOAT,
	CONSTRAINT pk_deadlines PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_deadlines_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_deadlines_end ON deadlines ("end");

CREATE INDEX ix_deadlines_start ON deadlines (start);

CREATE TABLE document_fields (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	type VARCHAR,
	type_confidence FLOAT,
	number VARCHAR,
	number_confidence FLOAT,
	issuer VARCHAR,
	issuer_confidence FLOAT,
	parent_body VARCHAR,
	parent_body_confidence FLOAT,
	place VARCHAR,
	place_confidence FLOAT,
	date VARCHAR,
	date_confidence FLOAT,
	title VARCHAR,
	title_confidence FLOAT,
	signer_authority VARCHAR,
	signer_authority_confidence FLOAT,
	signer_position VARCHAR,
	signer_position_confidence FLOAT,
	signer_name VARCHAR,
	signer_name_confidence FLOAT,
	urgency VARCHAR,
	urgency_confidence FLOAT,
	secrecy VARCHAR,
	secrecy_confidence FLOAT,
	CONSTRAINT pk_document_fields PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_document_fields_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_document_fields_date ON document_fields (date);

CREATE INDEX ix_document_fields_issuer ON document_fields (issuer);

CREATE INDEX ix_document_fields_number ON document_fields (number);

CREATE TABLE document_references (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	kind VARCHAR,
	kind_confidence FLOAT,
	number VARCHAR,
	number_confidence FLOAT,
	date VARCHAR,
	date_confidence FLOAT,
	issuer VARCHAR,
	issuer_confidence FLOAT,
	title VARCHAR,
	title_confidence FLOAT,
	role VARCHAR,
	role_confidence FLOAT,
	CONSTRAINT pk_document_references PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_document_references_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_document_references_number ON document_references (number);

CREATE TABLE document_sources (
	document_id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	added_at DATETIME NOT NULL,
	CONSTRAINT pk_document_sources PRIMARY KEY (document_id, path),
	CONSTRAINT fk_document_sources_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_document_sources_path ON document_sources (path);

CREATE TABLE issues (
	document_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	stage VARCHAR NOT NULL,
	code VARCHAR NOT NULL,
	page INTEGER,
	message VARCHAR NOT NULL,
	remedy VARCHAR NOT NULL,
	weight VARCHAR DEFAULT 'loss' NOT NULL,
	CONSTRAINT pk_issues PRIMARY KEY (document_id, number),
	CONSTRAINT fk_issues_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_issues_code ON issues (code);

CREATE TABLE movements (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	name VARCHAR,
	name_confidence FLOAT,
	role VARCHAR,
	role_confidence FLOAT,
	level VARCHAR,
	level_confidence FLOAT,
	launched_by VARCHAR,
	launched_by_confidence FLOAT,
	start VARCHAR,
	start_confidence FLOAT,
	"end" VARCHAR,
	end_confidence FLOAT,
	CONSTRAINT pk_movements PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_movements_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_movements_name ON movements (name);

CREATE TABLE pages (
	document_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	width_px INTEGER NOT NULL,
	height_px INTEGER NOT NULL,
	dpi FLOAT NOT NULL,
	origin VARCHAR NOT NULL,
	blank BOOLEAN NOT NULL,
	rotation_deg INTEGER NOT NULL,
	skew_deg FLOAT NOT NULL,
	picture VARCHAR,
	word_count INTEGER NOT NULL,
	confidence FLOAT,
	text VARCHAR NOT NULL,
	CONSTRAINT pk_pages PRIMARY KEY (document_id, number),
	CONSTRAINT fk_pages_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE TABLE recipients (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	text VARCHAR,
	text_confidence FLOAT,
	CONSTRAINT pk_recipients PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_recipients_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE TABLE record_values (
	document_id INTEGER NOT NULL,
	record_table VARCHAR NOT NULL,
	record_number INTEGER NOT NULL,
	field VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	normal VARCHAR NOT NULL,
	confidence FLOAT NOT NULL,
	doubt VARCHAR,
	CONSTRAINT pk_record_values PRIMARY KEY (document_id, record_table, record_number, field),
	CONSTRAINT fk_record_values_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE TABLE rewards (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	form VARCHAR,
	form_confidence FLOAT,
	granted_by VARCHAR,
	granted_by_confidence FLOAT,
	recipients VARCHAR,
	recipients_confidence FLOAT,
	quantity BIGINT,
	quantity_confidence FLOAT,
	amount BIGINT,
	amount_confidence FLOAT,
	criteria VARCHAR,
	criteria_confidence FLOAT,
	CONSTRAINT pk_rewards PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_rewards_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_rewards_form ON rewards (form);

CREATE TABLE runs (
	id INTEGER NOT NULL,
	document_id INTEGER,
	sha256 VARCHAR(64),
	path VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	error_code VARCHAR,
	message VARCHAR,
	remedy VARCHAR,
	page_count INTEGER NOT NULL,
	failed_page_count INTEGER NOT NULL,
	work_key VARCHAR(64) NOT NULL,
	program_version VARCHAR NOT NULL,
	ended_at DATETIME NOT NULL,
	wall_s FLOAT NOT NULL,
	peak_memory_mb FLOAT NOT NULL,
	CONSTRAINT pk_runs PRIMARY KEY (id),
	CONSTRAINT fk_runs_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE SET NULL
);

CREATE INDEX ix_runs_document_id ON runs (document_id);

CREATE INDEX ix_runs_path ON runs (path);

CREATE INDEX ix_runs_sha256 ON runs (sha256);

CREATE TABLE sections (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	label VARCHAR,
	label_confidence FLOAT,
	heading VARCHAR,
	heading_confidence FLOAT,
	level BIGINT,
	level_confidence FLOAT,
	kind VARCHAR,
	kind_confidence FLOAT,
	CONSTRAINT pk_sections PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_sections_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_sections_kind ON sections (kind);

CREATE TABLE subjects (
	document_id INTEGER NOT NULL,
	record_number INTEGER NOT NULL,
	kind VARCHAR,
	kind_confidence FLOAT,
	text VARCHAR,
	text_confidence FLOAT,
	CONSTRAINT pk_subjects PRIMARY KEY (document_id, record_number),
	CONSTRAINT fk_subjects_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE TABLE evidence (
	document_id INTEGER NOT NULL,
	record_table VARCHAR NOT NULL,
	record_number INTEGER NOT NULL,
	field VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	word_id VARCHAR NOT NULL,
	page INTEGER NOT NULL,
	left_px FLOAT,
	top_px FLOAT,
	right_px FLOAT,
	bottom_px FLOAT,
	text_read VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	reader VARCHAR NOT NULL,
	confidence FLOAT NOT NULL,
	CONSTRAINT pk_evidence PRIMARY KEY (document_id, record_table, record_number, field, position),
	CONSTRAINT fk_evidence_record_values FOREIGN KEY(document_id, record_table, record_number, field) REFERENCES record_values (document_id, record_table, record_number, field) ON DELETE CASCADE,
	CONSTRAINT fk_evidence_pages FOREIGN KEY(document_id, page) REFERENCES pages (document_id, number) ON DELETE CASCADE
);

CREATE INDEX ix_evidence_page ON evidence (document_id, page);

CREATE VIEW deadlines_due AS SELECT d.id AS document_id, d.sha256, d.name AS source, f.type, f.number, f.issuer, f.title, f.date AS issued_on,
       l.record_number, l.kind, l.start AS starts_on, l."end" AS due_on, l.recurrence, l.text, l.what, l.body,
       l.end_confidence AS confidence
FROM deadlines l
JOIN documents d ON d.id = l.document_id
LEFT JOIN document_fields f ON f.document_id = l.document_id
WHERE l."end" IS NOT NULL;

CREATE VIEW tasks_by_body AS SELECT a.body,
       COUNT(*) AS tasks,
       SUM(CASE WHEN a.role = 'lead' THEN 1 ELSE 0 END) AS leads,
       SUM(CASE WHEN a.role = 'coordinate' THEN 1 ELSE 0 END) AS coordinates,
       SUM(CASE WHEN a.role = 'advise' THEN 1 ELSE 0 END) AS advises,
       SUM(CASE WHEN a.role = 'monitor' THEN 1 ELSE 0 END) AS monitors,
       SUM(CASE WHEN a.role = 'report_to' THEN 1 ELSE 0 END) AS receives_reports,
       COUNT(DISTINCT a.document_id) AS documents
FROM assignments a
WHERE a.body IS NOT NULL
GROUP BY a.body;

CREATE VIEW movements_by_year AS SELECT COALESCE(SUBSTR(m.start, 1, 4), SUBSTR(f.date, 1, 4)) AS year, m.level,
       COUNT(*) AS mentions,
       COUNT(DISTINCT m.name) AS movements,
       SUM(CASE WHEN m.role = 'launches' THEN 1 ELSE 0 END) AS launched,
       COUNT(DISTINCT m.document_id) AS documents
FROM movements m
LEFT JOIN document_fields f ON f.document_id = m.document_id
GROUP BY COALESCE(SUBSTR(m.start, 1, 4), SUBSTR(f.date, 1, 4)), m.level;

CREATE VIEW citations AS SELECT t.document_id, d.sha256, d.name AS source, f.number, f.date AS issued_on, t.record_number, t.role,
       t.kind AS cited_kind, t.cited_number, t.cited_date, t.cited_issuer, t.cited_title,
       t.cited_document_id, e.sha256 AS cited_sha256, e.name AS cited_source
FROM (
    SELECT r.document_id, r.record_number, r.role, r.kind, r.number AS cited_number, r.date AS cited_date,
           r.issuer AS cited_issuer, r.title AS cited_title, (
SELECT CASE WHEN COUNT(*) = 1 THEN MIN(c.document_id) END
FROM document_fields c
WHERE c.number = r.number AND c.document_id <> r.document_id AND SUBSTR(r.number, 1, 1) <> '/'
  AND (r.date IS NULL OR c.date IS NULL
       OR SUBSTR(c.date, 1, LENGTH(r.date)) = r.date OR SUBSTR(r.date, 1, LENGTH(c.date)) = c.date)
) AS cited_document_id
    FROM document_references r
) t
JOIN documents d ON d.id = t.document_id
LEFT JOIN document_fields f ON f.document_id = t.document_id
LEFT JOIN documents e ON e.id = t.cited_document_id;
