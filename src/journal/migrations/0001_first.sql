-- Times are milliseconds since 1970. `person` and `contact` are keyed hashes. Columns called encrypted hold ciphertext.

-- Erased people and contacts, as keyed hashes: an entry that is written after the erasure stays without them.
-- @storage D1 erased_entries | keyed hashes of erased people and contacts, so that a late entry
--   restores none | `erase` | the journal queue | not limited
CREATE TABLE erased_entries (
  person TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- The master key of the journal, encrypted under the newest of DATA_KEYS.
-- @storage D1 journal_keys | the master key of the journal (encrypted) | the journal queue, the nightly
--   run after a rotation | the journal | not limited
CREATE TABLE journal_keys (
  id INTEGER PRIMARY KEY,
  secret TEXT NOT NULL
);

-- A random key for each person, or contact of no person, and period of 30 days. With the master key it encrypts what is personal
-- in entries. An erasure deletes it. `ref` is a keyed hash that no other table has.
-- @storage D1 people_keys | a random key for each person and 30 days, under a keyed hash | the journal
--   queue | `GET /v1/decisions` | `erase`, or with the last entry that it encrypts
CREATE TABLE people_keys (
  period TEXT NOT NULL,
  ref TEXT NOT NULL,
  secret TEXT NOT NULL,
  PRIMARY KEY (period, ref)
) WITHOUT ROWID;

-- Many decisions, of one class, compressed. Before them, packed tokens of 32 bits: names of rules, triggers and other
-- properties; keyed hashes of people; ids of callbacks; keyed hashes of the ids and metadata that a decision is found by. A
-- search reads the pages that have its tokens. `data` is last: SQLite reads the columns before it without it.
-- @storage D1 pages | many decided callbacks, compressed: facts that name no person; those that do as
--   keyed hashes, and the contact ids, encrypted under the key of the person, with `JOURNAL_PAYLOAD=keep` also the
--   whole callback | the journal queue | `GET /v1/decisions`, `GET /v1/messages`, backtests |
--   `JOURNAL_RETENTION` (14 days); consent: `CONSENT_JOURNAL_RETENTION` (400 days)
CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  class TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  names BLOB NOT NULL,
  people BLOB NOT NULL,
  ids BLOB NOT NULL,
  keys BLOB NOT NULL,
  data BLOB,
  -- Where the entries of an older page are: a file in R2, the offset and the bytes.
  object TEXT,
  start INTEGER,
  bytes INTEGER
);
CREATE INDEX pages_to ON pages (to_at);
-- The pages whose entries are still here.
CREATE INDEX pages_whole ON pages (class, to_at) WHERE object IS NULL;

-- Outcomes of actions that were reported after their decision. An effect may report its outcome before its decision is written.
-- `class` is that of the decision, as far as it is written.
-- @storage D1 decided_actions | outcomes of effects | the journal queue | `GET /v1/decisions` | as its
--   decision
CREATE TABLE decided_actions (
  id TEXT NOT NULL,
  rulebook TEXT NOT NULL,
  rule TEXT NOT NULL,
  position INTEGER NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,
  at INTEGER NOT NULL,
  class TEXT NOT NULL DEFAULT 'callback',
  PRIMARY KEY (id, rulebook, rule, position)
) WITHOUT ROWID;
CREATE INDEX decided_actions_outcome ON decided_actions (class, outcome, at);

-- What the decisions of an hour add up to: `kind` is callback, trigger, channel, app, reason, fired, shadow or erred.
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
