import { stripVTControlCharacters } from 'node:util';

/** Lines that wrangler prints about itself; indented lines below one belong to it. */
const NOISE: readonly RegExp[] = [
  /^⛅/,
  /^[─-]+$/,
  /^⎔ /,
  /^🪵/,
  /^(\[wrangler:info\] )?✨ Parsed \d+ valid (header|redirect) rules?/,
  /^\[custom build\]( Running: .*)?$/,
  /^Using (secrets|vars) defined in /,
  /^Your Worker has access to the following bindings:$/,
  /^Binding\s+Resource\s+Mode$/,
  /^env\.\w+ .*\s(local|remote|not supported)$/,
  /^\[wrangler:info\] QUEUE /,
  /^Cloudflare collects anonymous telemetry/,
  /^▲ \[WARNING\] Scheduled Workers are not automatically triggered/,
];

/** Prefixes that wrangler adds to the output of others. */
const MARKS = /^(\[custom build\]|\[wrangler:\w+\]) /;

/** The longest object that is printed on one line, in lines of input. */
const LONGEST = 60;

/** Receives the output of `wrangler dev`. */
export interface Listener {
  readonly line: (text: string) => void;
  /** The Worker answers from now on. */
  readonly ready: () => void;
}

/**
 * Filters `wrangler dev` output down to Worker logs and errors, with
 * an object on one line. Wrangler's banner, tables and progress are left out.
 */
export function filterOutput({ line, ready }: Listener): (line: string) => void {
  let quiet = false;
  let held: string[] = [];
  const flush = () => {
    for (const text of held) line(text);
    held = [];
  };
  return (raw) => {
    const text = withoutLevel(stripVTControlCharacters(raw).trimEnd());
    if (held.length > 0) {
      held.push(text);
      if (text === '}') {
        line(oneLine(held));
        held = [];
      } else if (held.length > LONGEST) flush();
      return;
    }
    if (text === '' || (quiet && /^\s/.test(text))) return;
    quiet = NOISE.some((noise) => noise.test(text.trimStart()));
    if (quiet) return;
    if (text === '{') held = [text];
    else if (/^\{ event: '.* \}$/.test(text)) line(oneLine(['{', text.slice(1, -1), '}']));
    else if (/^\[wrangler:\w+\] Ready on /.test(text)) ready();
    else line(plain(text));
  };
}

/** Removes the level in front of an object that the Worker logs: each is one line of the same form. */
const withoutLevel = (text: string): string => text.replace(/^(▲ \[WARNING\]|✘ \[ERROR\]) \{/, '{');

/** A request that the Worker answered: `POST /callbacks 200 OK (24ms)`. */
const REQUEST = /^\[wrangler:\w+\] ([A-Z]+ \/.* \d{3} .*\(\d+m?s\))$/;

function plain(text: string): string {
  const request = REQUEST.exec(text);
  if (request) return `Worker ▸ ${request[1]}`;
  const changed = /^The file (.+) changed, restarting build\.\.\.$/.exec(text);
  return changed ? `Worker ▸ ${changed[1]} changed, building …` : text.replace(MARKS, '');
}

/**
 * Returns a logged object as a line: `{ event: 'callback.ingested', id: 'X' }`, which a short object has
 * on one line and a long one on several, is `Worker ▸ callback.ingested id: 'X'`.
 */
function oneLine(lines: readonly string[]): string {
  const inner = lines.slice(1, -1).map((text) => text.trim());
  return `Worker ▸ ${inner.join(' ').replace(/^event: '([^']*)',? ?/, '$1 ')}`.trimEnd();
}
