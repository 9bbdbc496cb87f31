-- Which triggers ever came: `/healthz` names those that rules listen to and nothing brings.
CREATE INDEX decisions_trigger ON decisions (trigger);
