-- What a person has to decide: near misses of STOP, contacts whose consents differ. `details` is sealed: it names people.
CREATE TABLE reviews (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  rule TEXT NOT NULL,
  callback_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  people TEXT NOT NULL,
  reason TEXT NOT NULL,
  details TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open',
  scope TEXT,
  decided_at INTEGER,
  decided_by TEXT,
  decision_reason TEXT
);
CREATE INDEX reviews_state ON reviews (state, at);
