-- Times are milliseconds since 1970. `person` and `contact` are keyed hashes. Columns called encrypted hold ciphertext.

-- Erased people and contacts, as keyed hashes: an entry that is written after the erasure stays without them.
-- @storage D1 erased_entries | keyed hashes of erased people and contacts, so that a late entry
--   restores none | `erase` | the journal queue | not limited
CREATE TABLE erased_entries (
  person TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- One callback as one rulebook decided it. `body` is encrypted and only stored with JOURNAL_PAYLOAD=keep.
-- @storage D1 decisions | one decided callback: facts that name no person, keyed hashes of those
--   that do, the contact ids that it names (encrypted); with `JOURNAL_PAYLOAD=keep` the whole callback (encrypted) | the journal queue | `GET
--   /v1/decisions`, `GET /v1/stats` | `JOURNAL_RETENTION` (14 days); consent:
--   `CONSENT_JOURNAL_RETENTION` (400 days)
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
  -- A JSON list of the keys in decision_keys.
  keys TEXT NOT NULL DEFAULT '[]',
  -- The contact ids that the callback names, encrypted.
  ids TEXT,
  PRIMARY KEY (id, rulebook)
) WITHOUT ROWID;

-- What decisions are found by: keyed hashes of message, batch, request, contact and conversation ids and of metadata.
-- They stay when a person is erased.
-- @storage D1 decision_keys | keyed hashes of the ids and metadata that a decision is found by |
--   the journal queue | `GET /v1/decisions`, `GET /v1/messages` | as its decision
CREATE TABLE decision_keys (
  key TEXT NOT NULL,
  id TEXT NOT NULL,
  rulebook TEXT NOT NULL,
  PRIMARY KEY (key, id, rulebook)
) WITHOUT ROWID;
-- With the class, pruning skips proofs of consent, which are kept longer than callbacks.
CREATE INDEX decisions_at ON decisions (at, class);
CREATE INDEX decisions_person ON decisions (person, at) WHERE person IS NOT NULL;
CREATE INDEX decisions_contact ON decisions (contact) WHERE contact IS NOT NULL;

-- Rules that fired, would have fired (shadow), or failed.
-- @storage D1 decided_rules | rules that fired, would have fired in shadow, or failed | the
--   journal queue | `GET /v1/decisions`, `GET /v1/stats` | as its decision
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
-- @storage D1 decided_actions | actions with their outcome | the journal queue | `GET
--   /v1/decisions`, `/metrics` | as its decision
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

-- What the decisions of an hour add up to: `kind` is callback, trigger, channel, reason, fired, shadow or erred.
-- @storage D1 counts | numbers of callbacks, and of rules by outcome, in each hour | the journal
--   queue | `GET /v1/stats`, `GET /v1/stats/series` | as the decisions of the hour
CREATE TABLE counts (
  hour INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (hour, kind, name)
) WITHOUT ROWID;

-- When each rule fired last. Kept longer than the decisions.
-- @storage D1 rules_fired | when each rule last fired | the journal queue | `GET /v1/stats` | not
--   limited
CREATE TABLE rules_fired (
  rule TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- Triggers, values and fields that Signalbox does not know, once a day. `fixture` names no person.
-- @storage D1 drift | what Sinch sent for the first time, with a fixture that names no person |
--   the journal queue | `GET /v1/drift` | 90 days
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
CREATE INDEX drift_at ON drift (at);
