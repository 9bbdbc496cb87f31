-- Bodies that were signed but could not be read. The body itself lies in R2 under quarantine/<id>.
-- @storage D1 quarantine | index of signed bodies that cannot be parsed: id, code, reason, size,
--   the app whose secret signed them | `POST /callbacks` | `GET /v1/quarantine`, `/healthz`,
--   `/metrics` | 90 days
CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  times INTEGER NOT NULL DEFAULT 1
);

-- Queue messages that could not be worked off. `work` is sealed: it may name a person.
-- @storage D1 dead_letters | work that failed for good (encrypted), with the reason | queues |
--   `GET /v1/dead-letters` | 90 days
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
  redelivered_at INTEGER
);
CREATE INDEX dead_letters_at ON dead_letters (at);

-- Which addresses a contact has; `address` is sealed, `person` a keyed hash.
-- @storage D1 contact_addresses | the addresses of a contact (encrypted) | callbacks that name
--   both | `erase` | until erased
CREATE TABLE contact_addresses (
  contact_id TEXT NOT NULL,
  person TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (contact_id, person)
);

-- A note that arrives after the deletion must not bring the contact back.
-- @storage D1 erased_contacts | ids of erased contacts, so that a late callback restores none |
--   `erase` | contact notes | not limited
CREATE TABLE erased_contacts (
  contact_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
);

-- What was copied to R2, and about whom.
-- @storage D1 archived | the files copied to R2, their SHA-256, and the person they are about |
--   `archive` | `GET /v1/recordings`, `erase` | `RECORDING_RETENTION` (400 days), or until erased
CREATE TABLE archived (
  key TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  person TEXT,
  bytes INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  type TEXT NOT NULL
);
CREATE INDEX archived_person ON archived (person);
