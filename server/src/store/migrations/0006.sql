-- Evidence: files that records name by their SHA-256 (hexadecimal). They lie in the data folder, each under
-- its hash, and never change.

CREATE TABLE evidence_files (
  sha256 TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who sent which file whole for which visit, whether its record is known or not.
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

-- Uploads under way and, for some days, those that came to their end. How far one has come is the length of
-- its partial file.
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

-- Derived: the evidence that each record names.
CREATE TABLE visit_evidence (
  visit TEXT NOT NULL REFERENCES visits (visit),
  evidence TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  PRIMARY KEY (visit, evidence)
) STRICT, WITHOUT ROWID;
