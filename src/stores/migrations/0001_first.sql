-- Times are milliseconds since 1970. `person` and `contact` are keyed hashes. Columns called encrypted hold ciphertext.

-- Signed bodies that cannot be read. The body itself is in R2 under quarantine/<id>; `signers` are the apps whose
-- secret signed it, so that a redelivery accepts no other app's callback; `dropped`: by whom and why it was given up.
-- @storage D1 quarantine | index of signed bodies that cannot be parsed: id, code, reason, size,
--   the app whose secret signed them | `POST /callbacks` | `GET /v1/quarantine`, `/healthz`,
--   `/metrics` | 90 days
CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  times INTEGER NOT NULL DEFAULT 1,
  signers TEXT NOT NULL,
  redelivered_at INTEGER,
  dropped TEXT
);
CREATE INDEX quarantine_at ON quarantine (at);
CREATE INDEX quarantine_open ON quarantine (at) WHERE redelivered_at IS NULL AND dropped IS NULL;

-- Raw callbacks of a channel that Sinch has no name for. `body` is encrypted; `people` lists the keyed hashes of all people and
-- contacts that it may name.
-- @storage D1 unsupported | raw UNSUPPORTED callbacks (encrypted), with the people they may name (keyed hashes) | the effects queue |
--   `GET /v1/unsupported` | `UNSUPPORTED_RETENTION` (30 days), or until erased
CREATE TABLE unsupported (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  app_id TEXT NOT NULL,
  channel TEXT,
  type TEXT,
  people TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX unsupported_at ON unsupported (at);

-- Queue messages that failed for good. `work` is encrypted. `alert`: the id of the alert that could not be sent.
-- `redelivered_at`: when it was put back, in the future while it waits for its turn. `dropped`: by whom and why it was given up.
-- @storage D1 dead_letters | work that failed for good (encrypted), with the reason | queues |
--   `GET /v1/dead-letters` | 90 days
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  queue TEXT NOT NULL,
  action TEXT,
  rule TEXT,
  destination TEXT,
  alert TEXT,
  callback_id TEXT,
  person TEXT,
  contact_id TEXT,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  work TEXT NOT NULL,
  body_key TEXT,
  redelivered_at INTEGER,
  dropped TEXT
);
CREATE INDEX dead_letters_at ON dead_letters (at);
CREATE INDEX dead_letters_open ON dead_letters (queue, at) WHERE redelivered_at IS NULL AND dropped IS NULL;
CREATE INDEX dead_letters_redelivered ON dead_letters (redelivered_at) WHERE redelivered_at IS NOT NULL;
CREATE INDEX dead_letters_person ON dead_letters (person) WHERE person IS NOT NULL;
CREATE INDEX dead_letters_contact ON dead_letters (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX dead_letters_callback ON dead_letters (callback_id) WHERE callback_id IS NOT NULL;
CREATE INDEX dead_letters_body ON dead_letters (body_key) WHERE body_key IS NOT NULL;

-- Effects that wait because of a pause or a spent budget. `work` is encrypted; `people` lists the keyed hashes of all
-- people and contacts that it names.
-- @storage D1 held | held actions (encrypted), the people they concern (keyed hashes), the reason,
--   and who released or dropped them and why | a pause, a budget | `/v1/held` | until erased;
--   settled ones 90 days
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
CREATE INDEX held_callback ON held (callback_id);
CREATE INDEX held_decided ON held (decided_at) WHERE state <> 'held';

-- Questions for an operator: near misses of STOP, contacts whose consents differ. `details` is encrypted.
-- @storage D1 reviews | reviews and their decisions (addresses and texts encrypted) | `review`,
--   `compare_consent` | `/v1/reviews` | until erased; decided reviews 400 days
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
CREATE INDEX reviews_decided ON reviews (decided_at) WHERE state <> 'open';

-- The addresses of Sinch's contacts. `address` is encrypted. `stated_at`: when a callback last stated all addresses of the
-- contact; an address with an older `at` was left out there.
-- @storage D1 contact_addresses | the addresses of a contact (encrypted) | callbacks that name
--   both | `erase` | until erased
CREATE TABLE contact_addresses (
  contact_id TEXT NOT NULL,
  person TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  stated_at INTEGER,
  PRIMARY KEY (contact_id, person, channel)
);
CREATE INDEX contact_addresses_person ON contact_addresses (person);

-- Erased contacts: a callback about one that arrives after the erasure is erased too.
-- @storage D1 erased_contacts | ids of erased contacts, so that a late callback restores none |
--   `erase` | contact notes | not limited
CREATE TABLE erased_contacts (
  contact_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
);

-- Erased people and contacts, as keyed hashes: a record about an event before the erasure stays without them.
-- `complete`: the erasure went through every store; until then it is stored where it waits.
-- @storage D1 erased_people | keyed hashes of erased people and contacts, so that late held work, dead letters,
--   reviews, files and a restored backup name none | `erase` | held work, dead letters, reviews, `archive`, a restore | not limited
CREATE TABLE erased_people (
  person TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  complete INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Which erasures were asked for, by whom or by which rule, and why. The erased people are in `subjects`, as a JSON list of
-- keyed hashes. `stores`: how much was removed from which store, as JSON.
-- @storage D1 erasures | who or which rule asked for an erasure, when, why, what was removed and whether it is complete; whose
--   data it was only as keyed hashes | `POST /v1/erase`, `erase` | `GET /v1/erasures` | 400 days
CREATE TABLE erasures (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  named TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'started',
  ended_at INTEGER,
  addresses INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  stores TEXT NOT NULL DEFAULT '[]',
  subjects TEXT NOT NULL DEFAULT '[]',
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  rule TEXT,
  callback_id TEXT
);
CREATE INDEX erasures_at ON erasures (at);

-- Recordings and media in R2. `bytes`, `sha256` (hex) and `type` are null until the copy is complete.
-- @storage D1 archived | the files copied to R2, their SHA-256, and the person they are about |
--   `archive` | `GET /v1/recordings`, `erase` | `RECORDING_RETENTION` (400 days), or until erased
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
-- @storage D1 seen_triggers | the newest day on which each trigger arrived | the receiver of callbacks | health | none
CREATE TABLE seen_triggers (
  trigger TEXT PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
);
