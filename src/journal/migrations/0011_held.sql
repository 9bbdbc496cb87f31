-- Held work names everybody it is about (keyed hashes of people and contacts, as reviews have them), and says why it was settled.
ALTER TABLE held DROP COLUMN person;
ALTER TABLE held ADD COLUMN people TEXT NOT NULL DEFAULT '[]';
ALTER TABLE held ADD COLUMN decision_reason TEXT;
CREATE INDEX held_decided ON held (decided_at) WHERE state <> 'held';

-- That somebody was erased, by whom and why: not who.
CREATE TABLE erasures (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  named TEXT NOT NULL,
  addresses INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX erasures_at ON erasures (at);
