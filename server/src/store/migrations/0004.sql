-- How much is kept of each person's refused changes: there is a limit.

CREATE TABLE quarantine_use (
  person TEXT PRIMARY KEY REFERENCES people (id),
  bytes INTEGER NOT NULL
) STRICT;

INSERT INTO quarantine_use (person, bytes)
  SELECT person, sum(length(bytes) + 1024) FROM quarantine GROUP BY person;
