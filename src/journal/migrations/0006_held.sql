-- What was decided and waits: a rule past its budget, or a pulled lever. `work` is sealed: it may name a person.
CREATE TABLE held (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  pause TEXT,
  rule TEXT NOT NULL,
  action TEXT NOT NULL,
  app_id TEXT NOT NULL,
  callback_id TEXT NOT NULL,
  person TEXT,
  work TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'held',
  decided_at INTEGER,
  decided_by TEXT
);
CREATE INDEX held_state ON held (state, at);
