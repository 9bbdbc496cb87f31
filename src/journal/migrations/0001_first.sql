-- Times are milliseconds since 1970. `person` and `contact` are keyed hashes. Columns called encrypted hold ciphertext.

-- Signed bodies that cannot be read. The body itself is in R2 under quarantine/<id>; `signers` are the apps whose
-- secret signed it, so that a redelivery accepts no other app's callback.
CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  times INTEGER NOT NULL DEFAULT 1,
  signers TEXT NOT NULL,
  redelivered_at INTEGER
);
CREATE INDEX quarantine_at ON quarantine (at);

-- Queue messages that failed for good. `work` is encrypted. `dropped`: by whom and why it was given up.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  queue TEXT NOT NULL,
  action TEXT,
  rule TEXT,
  callback_id TEXT,
  person TEXT,
  contact_id TEXT,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  work TEXT NOT NULL,
  redelivered_at INTEGER,
  dropped TEXT
);
CREATE INDEX dead_letters_at ON dead_letters (at);

-- Effects that wait because of a pause or a spent budget. `work` is encrypted; `people` lists the keyed hashes of all
-- people and contacts that it names.
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
  people TEXT NOT NULL DEFAULT '[]',
  work TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'held',
  decided_at INTEGER,
  decided_by TEXT,
  decision_reason TEXT
);
CREATE INDEX held_state ON held (state, at);
CREATE INDEX held_decided ON held (decided_at) WHERE state <> 'held';

-- Questions for an operator: near misses of STOP, contacts whose consents differ. `details` is encrypted.
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

-- The addresses of Sinch's contacts. `address` is encrypted.
CREATE TABLE contact_addresses (
  contact_id TEXT NOT NULL,
  person TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (contact_id, person)
);

-- Erased contacts: a callback about one that arrives after the erasure is erased too.
CREATE TABLE erased_contacts (
  contact_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
);

-- Erased people and contacts, as keyed hashes: a record that is written after the erasure stays without them.
CREATE TABLE erased_people (
  person TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- Which erasures were done, by whom and why. The erased person is not recorded.
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

-- Recordings and media in R2. `bytes`, `sha256` (hex) and `type` are null until the copy is complete.
CREATE TABLE archived (
  key TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  person TEXT,
  bytes INTEGER,
  sha256 TEXT,
  type TEXT
);
CREATE INDEX archived_person ON archived (person);
CREATE INDEX archived_at ON archived (at);

-- The triggers that callbacks had, whatever the journal keeps of them. Written once a trigger, isolate and day.
CREATE TABLE seen_triggers (
  trigger TEXT PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
);

-- One callback as one rulebook decided it. `body` is encrypted and only stored with JOURNAL_PAYLOAD=keep.
CREATE TABLE decisions (
  id TEXT NOT NULL,
  rulebook TEXT NOT NULL,
  at INTEGER NOT NULL,
  event_at INTEGER NOT NULL,
  class TEXT NOT NULL,
  trigger TEXT NOT NULL,
  channel TEXT,
  app_id TEXT NOT NULL,
  person TEXT,
  contact TEXT,
  reason_code TEXT,
  shadow INTEGER NOT NULL DEFAULT 0,
  facts TEXT NOT NULL,
  body TEXT,
  PRIMARY KEY (id, rulebook)
) WITHOUT ROWID;
-- With the class, pruning skips proofs of consent, which are kept longer than callbacks.
CREATE INDEX decisions_at ON decisions (at, class);
CREATE INDEX decisions_trigger ON decisions (trigger);
CREATE INDEX decisions_person ON decisions (person, at) WHERE person IS NOT NULL;
CREATE INDEX decisions_contact ON decisions (contact) WHERE contact IS NOT NULL;

-- Rules that fired, would have fired (shadow), or failed.
CREATE TABLE decided_rules (
  id TEXT NOT NULL,
  rulebook TEXT NOT NULL,
  rule TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (id, rulebook, rule, outcome)
) WITHOUT ROWID;
CREATE INDEX decided_rules_rule ON decided_rules (rule, at);

-- The actions of these rules and their outcomes. An effect may report its outcome before its decision is written.
CREATE TABLE decided_actions (
  id TEXT NOT NULL,
  rulebook TEXT NOT NULL,
  rule TEXT NOT NULL,
  position INTEGER NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (id, rulebook, rule, position)
) WITHOUT ROWID;
CREATE INDEX decided_actions_at ON decided_actions (at);

-- When each rule fired last. Kept longer than the decisions.
CREATE TABLE rules_fired (
  rule TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- Triggers, values and fields that Signalbox does not know, once a day. `fixture` names no person.
CREATE TABLE drift (
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  trigger TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  callback_id TEXT NOT NULL,
  fixture TEXT NOT NULL,
  PRIMARY KEY (day, kind, trigger, name, value)
) WITHOUT ROWID;
