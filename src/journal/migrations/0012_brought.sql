-- Which triggers callbacks brought, whatever the journal keeps of them: noted once a trigger, isolate and day.
-- @storage D1 brought | the triggers that callbacks had, first and last time | `POST /callbacks`,
--   once per isolate, trigger and day | `/healthz` | not limited
CREATE TABLE brought (
  trigger TEXT PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
);
