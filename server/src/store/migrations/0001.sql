-- The store's first schema. Ids are hyphenated UUIDs, times are milliseconds since 1970, heads are
-- change hashes in ascending order, joined. Truth comes first; what is derived from it stands at the
-- end and is thrown away and made again by `xunfang rebuild`.

-- One value each: `epoch` (which life of the store cursors count in), `sample` where it holds sample data.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- People, what they may do and where, and what they sign in from.

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

-- A phone or browser, one row for each person who signed in on it. What it holds without a receipt is
-- as last reported.
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

-- A session is a chain of refresh tokens. One is good until its successor (the hash of it) has been used;
-- a token from before that ends the session.
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

CREATE TABLE refresh_tokens (
  hash BLOB PRIMARY KEY,
  session TEXT NOT NULL REFERENCES sessions (id),
  issued_at INTEGER NOT NULL,
  used_at INTEGER,
  successor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session);

-- What phones follow: append-only, in the order of commits. `hash` chains every row to the one before.
-- `area` is who may see it, everyone where null; `other_area` is where a visit or row came from or
-- went to, so that a reader who holds both sees no leaving.

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

-- Every state of every row of the register: who made it, when, before and after (JSON; null is none).
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

-- The register as it stands: a row is JSON under its table and key, with the area that may see it.
CREATE TABLE register_rows (
  table_name TEXT NOT NULL,
  key TEXT NOT NULL,
  area TEXT,
  seq INTEGER NOT NULL REFERENCES change_log (seq),
  value TEXT NOT NULL,
  PRIMARY KEY (table_name, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_rows_by_area ON register_rows (table_name, area);

CREATE VIEW areas AS
SELECT key AS code, value ->> 'name' AS name, value ->> 'parent' AS parent, value
FROM register_rows WHERE table_name = 'areas';

CREATE VIEW cooperatives AS
SELECT key AS id, area, value ->> 'name' AS name, value ->> 'initials' AS initials, value
FROM register_rows WHERE table_name = 'cooperatives';

-- Visits and the changes they are made of.

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

-- Whose an actor is, from the first change of it that was accepted.
CREATE TABLE actors (
  actor BLOB PRIMARY KEY,
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  bound_at INTEGER NOT NULL,
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;

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

-- Changes issued again after a refusal.
CREATE TABLE replaced_changes (
  visit TEXT NOT NULL,
  new BLOB NOT NULL,
  old BLOB NOT NULL,
  PRIMARY KEY (visit, new, old)
) STRICT, WITHOUT ROWID;

-- What was refused, whole, with everything needed to look at it or to let it in later.
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
  bytes BLOB NOT NULL,
  UNIQUE (visit, hash, device, person),
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT;

-- Decisions of supervisors, pinned to the heads they saw.
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

-- Derived: the saved document of every visit.
CREATE TABLE documents (
  visit TEXT PRIMARY KEY REFERENCES visits (visit),
  heads BLOB NOT NULL,
  digest INTEGER NOT NULL,
  snapshot BLOB NOT NULL
) STRICT;

-- Derived: what a visit comes to, for lists and figures. `facts` is what coverage needs to know of it,
-- `positions` every place where somebody stood (WGS-84), both JSON.
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

-- Derived: who was there and who wrote.
CREATE TABLE visit_people (
  visit TEXT NOT NULL REFERENCES visits (visit),
  person TEXT NOT NULL,
  present INTEGER NOT NULL,
  wrote INTEGER NOT NULL,
  PRIMARY KEY (visit, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_people_by_person ON visit_people (person);

-- Derived: what is to be put right.
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

-- Derived: what the approved state of a visit says of the five haves (JSON).
CREATE TABLE five_haves (
  visit TEXT PRIMARY KEY REFERENCES visits (visit),
  cooperative TEXT NOT NULL,
  visit_at INTEGER NOT NULL,
  haves TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX five_haves_of_cooperative ON five_haves (cooperative, visit_at);
