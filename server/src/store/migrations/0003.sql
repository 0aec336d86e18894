-- Lives of the store: when it was put back from a backup, and what is told of a log that was lost.

-- Every restore: the life that began with it, the life that the backup was of, and how far the log of
-- that one went (`seq`, `hash`). `replaced_seq` is how far the log of the store set aside went, where
-- there was one that could be read.
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

-- How far a log went that this store doesn't have, as the cursors of phones tell.
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

-- Rows of the register as phones remember them from such a log. Hearsay: shown, never applied. `digest`
-- stands for `value`; settled once somebody looked.
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

-- Who told it, when; `scope` is where they might read then (JSON, area codes).
CREATE TABLE remembered_by (
  remembered INTEGER NOT NULL REFERENCES remembered_rows (id),
  device TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  scope TEXT NOT NULL,
  PRIMARY KEY (remembered, device, person),
  FOREIGN KEY (device, person) REFERENCES devices (id, person)
) STRICT, WITHOUT ROWID;
