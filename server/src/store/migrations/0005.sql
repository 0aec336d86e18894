-- Which visits left an area, and when: what comes before that in the log is told to nobody there any more.

CREATE INDEX change_log_of_leaving ON change_log (visit, seq) WHERE kind = 'leave';
