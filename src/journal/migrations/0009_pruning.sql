-- What is old is found without reading what is kept longer: callbacks go before proofs of consent.
DROP INDEX decisions_at;
CREATE INDEX decisions_at ON decisions (at, class);
-- What came of actions, by when it was known: metrics look at the last hour, pruning at the oldest.
CREATE INDEX decided_actions_at ON decided_actions (at);
