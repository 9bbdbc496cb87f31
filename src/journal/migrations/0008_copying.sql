-- Copies that have begun: what a copy that broke off goes on from. `upload` and `parts` are R2's, `bytes` are safe there;
-- `size`, `type`, `validator` and `digest` are what the host said of the whole file. `at` is when it last went on.
-- @storage D1 copying | copies in progress: the upload in R2, its parts, what the host reported
--   about the file | `archive` | `archive`, which resumes there | until done; a copy without
--   progress for 3 days is removed
CREATE TABLE copying (
  key TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  person TEXT,
  upload TEXT,
  parts TEXT NOT NULL DEFAULT '[]',
  bytes INTEGER NOT NULL DEFAULT 0,
  size INTEGER,
  type TEXT NOT NULL,
  validator TEXT,
  digest TEXT
) WITHOUT ROWID;
CREATE INDEX copying_at ON copying (at);
CREATE INDEX copying_person ON copying (person);

-- SHA-256 of the whole file, in hex.
ALTER TABLE archived RENAME COLUMN checksum TO sha256;
CREATE INDEX archived_at ON archived (at);
