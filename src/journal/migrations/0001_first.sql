-- Bodies that were signed but could not be read. The body itself lies in R2 under quarantine/<id>.
CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  times INTEGER NOT NULL DEFAULT 1
);

-- Queue messages that could not be worked off. `work` is sealed: it may name a person.
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
CREATE TABLE contact_addresses (
  contact_id TEXT NOT NULL,
  person TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (contact_id, person)
);

-- A note that arrives after the deletion must not bring the contact back.
CREATE TABLE erased_contacts (
  contact_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
);

-- What was copied to R2, and about whom.
CREATE TABLE archived (
  key TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  person TEXT,
  bytes INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  type TEXT NOT NULL
);
CREATE INDEX archived_person ON archived (person);
