-- Whose secret signed it, so that a replay lets nobody speak for another app; when somebody put it back on its way.
ALTER TABLE quarantine ADD COLUMN signers TEXT NOT NULL DEFAULT '["*"]';
ALTER TABLE quarantine ADD COLUMN redelivered_at INTEGER;
CREATE INDEX quarantine_at ON quarantine (at);
