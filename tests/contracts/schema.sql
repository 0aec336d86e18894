CREATE TABLE actors (
  actor BLOB PRIMARY KEY,
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  bound_at INTEGER NOT NULL,
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

CREATE VIEW areas AS
SELECT key AS code, value ->> 'name' AS name, value ->> 'parent' AS parent, value
FROM register_rows WHERE table_name = 'areas';

CREATE TABLE change_log (
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('change', 'enter', 'leave', 'row')),
  at INTEGER NOT NULL,
  area TEXT,
  other_area TEXT,
  visit TEXT,
  change_hash BLOB,
  table_name TEXT,
  key TEXT
) STRICT;

CREATE INDEX change_log_of_leaving ON change_log (visit, seq) WHERE kind = 'leave';

CREATE TABLE changes (
  log_seq INTEGER PRIMARY KEY REFERENCES change_log (seq),
  visit TEXT NOT NULL REFERENCES visits (visit),
  hash BLOB NOT NULL,
  actor BLOB NOT NULL REFERENCES actors (actor),
  actor_seq INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (visit, hash),
  UNIQUE (visit, actor, actor_seq)
) STRICT;

CREATE VIEW cooperatives AS
SELECT key AS id, area, value ->> 'name' AS name, value ->> 'initials' AS initials, value
FROM register_rows WHERE table_name = 'cooperatives';

CREATE TABLE devices (
  id TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  name TEXT NOT NULL,
  used_as TEXT NOT NULL CHECK (used_as IN ('phone', 'desk')),
  first_seen_at INTEGER NOT NULL,
  last_contact_at INTEGER NOT NULL,
  unsent_records INTEGER,
  unsent_changes INTEGER,
  unsent_oldest_at INTEGER,
  app TEXT,
  PRIMARY KEY (id, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  visit TEXT PRIMARY KEY REFERENCES visits (visit),
  heads BLOB NOT NULL,
  digest INTEGER NOT NULL,
  snapshot BLOB NOT NULL
) STRICT;

CREATE TABLE evidence_arrivals (
  visit TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES evidence_files (sha256),
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (visit, sha256, person),
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX evidence_arrivals_of_person ON evidence_arrivals (person, sha256);

CREATE TABLE evidence_files (
  sha256 TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  visit TEXT NOT NULL REFERENCES visits (visit),
  finding TEXT NOT NULL,
  item TEXT,
  text TEXT NOT NULL,
  severity TEXT NOT NULL,
  due TEXT,
  responsible TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  PRIMARY KEY (visit, finding)
) STRICT, WITHOUT ROWID;

CREATE TABLE five_haves (
  visit TEXT PRIMARY KEY REFERENCES visits (visit),
  cooperative TEXT NOT NULL,
  visit_at INTEGER NOT NULL,
  haves TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX five_haves_of_cooperative ON five_haves (cooperative, visit_at);

CREATE TABLE grants (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (id),
  role TEXT NOT NULL
    CHECK (role IN ('coordinator', 'supervisor', 'district_office', 'department', 'administrator')),
  area TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  until_at INTEGER
) STRICT;

CREATE INDEX grants_of_person ON grants (person);

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  visit TEXT NOT NULL,
  hash BLOB NOT NULL,
  device TEXT NOT NULL,
  person TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  code TEXT NOT NULL,
  depends_on BLOB,
  genesis TEXT NOT NULL,
  visit_code TEXT NOT NULL,
  provisional TEXT,
  bytes BLOB NOT NULL, resolution TEXT
  CHECK (resolution IN ('released', 'replaced', 'dismissed')), resolved_by TEXT REFERENCES people (id), resolved_at INTEGER, reason TEXT,
  UNIQUE (visit, hash, device, person),
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT;

CREATE INDEX quarantine_open ON quarantine (id) WHERE resolution IS NULL;

CREATE TABLE quarantine_use (
  person TEXT PRIMARY KEY REFERENCES people (id),
  bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE refresh_tokens (
  hash BLOB PRIMARY KEY,
  session TEXT NOT NULL REFERENCES sessions (id),
  issued_at INTEGER NOT NULL,
  used_at INTEGER,
  successor BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session);

CREATE TABLE register_rows (
  table_name TEXT NOT NULL,
  key TEXT NOT NULL,
  area TEXT,
  seq INTEGER NOT NULL REFERENCES change_log (seq),
  value TEXT NOT NULL,
  PRIMARY KEY (table_name, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX register_rows_by_area ON register_rows (table_name, area);

CREATE TABLE remembered_by (
  remembered INTEGER NOT NULL REFERENCES remembered_rows (id),
  device TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  scope TEXT NOT NULL,
  PRIMARY KEY (remembered, device, person),
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE remembered_rows (
  id INTEGER PRIMARY KEY,
  table_name TEXT NOT NULL,
  key TEXT NOT NULL,
  area TEXT,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  digest BLOB NOT NULL,
  value TEXT NOT NULL,
  settled_at INTEGER,
  settled_by TEXT REFERENCES people (id),
  UNIQUE (table_name, key, epoch, seq, digest)
) STRICT;

CREATE TABLE replaced_changes (
  visit TEXT NOT NULL,
  new BLOB NOT NULL,
  old BLOB NOT NULL,
  PRIMARY KEY (visit, new, old)
) STRICT, WITHOUT ROWID;

CREATE TABLE restores (
  epoch INTEGER PRIMARY KEY,
  of_epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  backup_made_at INTEGER NOT NULL,
  backup_name TEXT NOT NULL,
  replaced_seq INTEGER
) STRICT;

CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visits (visit),
  reviewer TEXT NOT NULL REFERENCES people (id),
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('returned', 'approved', 'rejected')),
  comment TEXT NOT NULL,
  item_comments TEXT NOT NULL,
  heads BLOB NOT NULL,
  submissions BLOB NOT NULL
) STRICT;

CREATE INDEX reviews_of_visit ON reviews (visit, id);

CREATE TABLE row_history (
  seq INTEGER PRIMARY KEY REFERENCES change_log (seq),
  table_name TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  by TEXT,
  before TEXT,
  after TEXT
) STRICT;

CREATE INDEX row_history_of_row ON row_history (table_name, key, seq);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  used_as TEXT NOT NULL CHECK (used_as IN ('phone', 'desk')),
  started_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE told_positions (
  epoch INTEGER NOT NULL,
  device TEXT NOT NULL,
  person TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (epoch, device, person),
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  visit TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  touched_at INTEGER NOT NULL,
  is_finished INTEGER NOT NULL,
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_of_person ON uploads (person, sha256);

CREATE TABLE visit_evidence (
  visit TEXT NOT NULL REFERENCES visits (visit),
  evidence TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  PRIMARY KEY (visit, evidence)
) STRICT, WITHOUT ROWID;

CREATE TABLE visit_facts (
  visit TEXT PRIMARY KEY REFERENCES visits (visit),
  cooperative TEXT NOT NULL,
  status TEXT NOT NULL,
  changed_since_approval INTEGER NOT NULL,
  outcome TEXT,
  counted INTEGER NOT NULL,
  visit_at INTEGER NOT NULL,
  time_flagged INTEGER NOT NULL,
  started_received_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  submitted_at INTEGER,
  conflicts INTEGER NOT NULL,
  findings INTEGER NOT NULL,
  positions TEXT NOT NULL,
  facts TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_facts_by_status ON visit_facts (status, submitted_at);

CREATE INDEX visit_facts_of_cooperative ON visit_facts (cooperative, visit_at);

CREATE TABLE visit_people (
  visit TEXT NOT NULL REFERENCES visits (visit),
  person TEXT NOT NULL,
  present INTEGER NOT NULL,
  wrote INTEGER NOT NULL,
  PRIMARY KEY (visit, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_people_by_person ON visit_people (person);

CREATE TABLE visits (
  visit TEXT PRIMARY KEY,
  schema INTEGER NOT NULL,
  cooperative TEXT NOT NULL,
  checklist TEXT NOT NULL,
  code TEXT NOT NULL,
  area TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX visits_of_area ON visits (area, visit);

CREATE INDEX visits_of_cooperative ON visits (cooperative);
