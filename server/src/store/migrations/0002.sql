-- What became of refused changes: a supervisor released or dismissed them, or their author issued their
-- values again. Who, when and why are kept beside; nothing is deleted.

ALTER TABLE quarantine ADD COLUMN resolution TEXT
  CHECK (resolution IN ('released', 'replaced', 'dismissed'));
ALTER TABLE quarantine ADD COLUMN resolved_by TEXT REFERENCES people (id);
ALTER TABLE quarantine ADD COLUMN resolved_at INTEGER;
ALTER TABLE quarantine ADD COLUMN reason TEXT;

UPDATE quarantine SET resolution = 'replaced', resolved_by = person, resolved_at = received_at, reason = ''
WHERE EXISTS (SELECT 1 FROM replaced_changes r WHERE r.visit = quarantine.visit AND r.old = quarantine.hash);

CREATE INDEX quarantine_open ON quarantine (id) WHERE resolution IS NULL;
