-- One callback as it was decided by one rulebook. No address, no text: `person` and `contact` are keyed hashes,
-- `body` is sealed and only there with JOURNAL_PAYLOAD=keep. Times are milliseconds since 1970.
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
CREATE INDEX decisions_at ON decisions (at);
CREATE INDEX decisions_person ON decisions (person, at) WHERE person IS NOT NULL;
CREATE INDEX decisions_contact ON decisions (contact) WHERE contact IS NOT NULL;

-- Rules that fired, would have fired (shadow), or could not be decided.
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

-- Their actions and what became of each. Effects report from the queue, perhaps before their decision is written.
CREATE TABLE decided_actions (
  id TEXT NOT NULL,
  rulebook TEXT NOT NULL,
  rule TEXT NOT NULL,
  place INTEGER NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (id, rulebook, rule, place)
) WITHOUT ROWID;

-- Keyed hashes of people and contacts whose data was erased: an entry that is written late must not bring it back.
CREATE TABLE erased_people (
  person TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- When each rule fired last: it outlives the decisions themselves.
CREATE TABLE rules_fired (
  rule TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- What Sinch sent that nobody here had seen before, once a day. `fixture` holds nothing that names a person.
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
