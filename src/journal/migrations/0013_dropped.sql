-- By whom and why a dead letter was given up.
ALTER TABLE dead_letters ADD COLUMN dropped TEXT;
