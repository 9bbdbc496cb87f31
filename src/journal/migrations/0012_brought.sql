-- Which triggers callbacks brought, whatever the journal keeps of them: noted once a trigger, isolate and day.
CREATE TABLE brought (
  trigger TEXT PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
);
