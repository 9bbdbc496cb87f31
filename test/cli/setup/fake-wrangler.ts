import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from '../shell.ts';

/**
 * The program: it records each call, makes what it is asked for, and fails where it is told to. A setup calls it some
 * fifty times, so it starts no other program where the shell will do.
 */
const PROGRAM = `#!/bin/sh
cd "\${0%/*}" || exit 99
echo "$*" >>calls
read -r fail <fail
if [ -n "$fail" ]; then
  case "$*" in "$fail"*) echo "a failure of Cloudflare" >&2; exit 1 ;; esac
fi
made() { while read -r one; do [ "$one" = "$1" ] && return; done <made; return 1; }
make() { made "$1" || echo "$1" >>made; }
take() { cp "$1" "secrets/$(ls secrets | wc -l | tr -d ' ').json"; }
case "$*" in
  "whoami --json") [ ! -e logged-out ] || made login ;;
  "login") make login ;;
  "queues info "*) made "queue $3" ;;
  "queues create "*) make "queue $3" ;;
  "d1 info "*) made "d1 $3" ;;
  "d1 create "*) make "d1 $3" ;;
  "r2 bucket info "*) made "r2 $4" ;;
  "r2 bucket create "*) make "r2 $4" ;;
  "kv namespace create "*) make "kv $4" ;;
  "kv namespace list")
    echo "[$(sed -n 's/^kv \\(.*\\)/{"id":"f00d","title":"\\1"}/p' made)]" ;;
  "secret list"*)
    made worker || { echo 'Worker "signalbox" not found.' >&2; exit 1; }
    echo "[$(cat secrets/*.json | grep -oE '"[A-Z_]+":' | sort -u | sed 's/^/{"name":/;s/:$/}/' | tr '\\n' ',' | sed 's/,$//')]" ;;
  "d1 migrations apply "*)
    if made "migrated $4"; then echo "No migrations to apply!"; else make "migrated $4"; fi ;;
  "deploy --secrets-file "*)
    take "$3"
    make worker
    echo "{\\"type\\":\\"deploy\\",\\"version\\":1,\\"targets\\":[\\"$(cat url)\\"]}" >"$WRANGLER_OUTPUT_FILE_PATH" ;;
  "secret bulk "*) take "$3" ;;
  *) echo "unexpected: $*" >&2; exit 99 ;;
esac
`;

/** What the fake has seen and made. */
export interface WranglerRecord {
  readonly calls: readonly string[];
  readonly made: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
}

/** A wrangler that reaches no network. */
export function fakeWrangler(url: string) {
  const bin = folder({ wrangler: PROGRAM, url, calls: '', made: '' });
  mkdirSync(join(bin, 'secrets'));
  chmodSync(join(bin, 'wrangler'), 0o755);
  const plan = ({ fail = '', loggedOut = false }) => {
    writeFileSync(join(bin, 'fail'), fail);
    if (loggedOut) writeFileSync(join(bin, 'logged-out'), '');
  };
  plan({});
  const read = (name: string): string => readFileSync(join(bin, name), 'utf8');
  const lines = (name: string): string[] => read(name).split('\n').filter(Boolean);
  return {
    bin,
    plan,
    record(): WranglerRecord {
      const files = readdirSync(join(bin, 'secrets'));
      const sent = files.toSorted().map((name) => JSON.parse(read(join('secrets', name))));
      return { calls: lines('calls'), made: lines('made'), secrets: Object.assign({}, ...sent) };
    },
  };
}
