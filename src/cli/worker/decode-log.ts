import * as v from 'valibot';

/** One entry of `wrangler tail --format json`: an invocation of the Worker with its logs. */
const Entry = v.looseObject({
  eventTimestamp: v.nullish(v.number()),
  outcome: v.optional(v.string(), 'ok'),
  event: v.nullish(v.looseObject({ queue: v.optional(v.string()), cron: v.optional(v.string()) })),
  logs: v.optional(
    v.array(
      v.looseObject({ message: v.array(v.unknown()), level: v.string(), timestamp: v.number() }),
    ),
    [],
  ),
  exceptions: v.optional(
    v.array(v.looseObject({ name: v.string(), message: v.string(), timestamp: v.number() })),
    [],
  ),
});

/** One line of the Worker's log. */
export interface LogLine {
  /** ISO 8601. */
  readonly at: string;
  readonly level: string;
  /** The event, such as `effect.done`; `exception`, `outcome`, or `text` for a line that is no event. */
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads an entry. The path of a request is left out, because some paths name a person. `undefined`: it is none. */
export function decodeEntry(json: unknown): readonly LogLine[] | undefined {
  const read = v.safeParse(Entry, json);
  if (!read.success) return undefined;
  const { logs, exceptions, outcome, event, eventTimestamp } = read.output;
  const cause = event?.queue ?? event?.cron;
  const lines: LogLine[] = [
    ...logs.map(({ message, level, timestamp }) => ({
      at: new Date(timestamp).toISOString(),
      level,
      ...eventOf(message),
    })),
    ...exceptions.map(({ name, message, timestamp }) => ({
      at: new Date(timestamp).toISOString(),
      level: 'error',
      event: 'exception',
      fields: { name, message },
    })),
  ];
  if (outcome !== 'ok' && outcome !== 'canceled')
    lines.push({
      at: new Date(eventTimestamp ?? 0).toISOString(),
      level: 'error',
      event: 'outcome',
      fields: { outcome, ...(cause !== undefined && { cause }) },
    });
  return lines;
}

function eventOf(message: readonly unknown[]): Pick<LogLine, 'event' | 'fields'> {
  const [first] = message;
  const fields = v.safeParse(v.record(v.string(), v.unknown()), first);
  if (message.length === 1 && fields.success && typeof fields.output.event === 'string') {
    const { event, ...rest } = fields.output;
    return { event: String(event), fields: rest };
  }
  const text = message.map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
  return { event: 'text', fields: { text: text.join(' ') } };
}

/**
 * Returns a function that takes the output of `wrangler tail --format json` line by line and passes each decoded entry on. Wrangler
 * prints an entry over several lines; `other` gets lines outside of entries, which are its own messages.
 */
export function openDecoder(
  entry: (lines: readonly LogLine[]) => void,
  other: (line: string) => void,
): (line: string) => void {
  let held = '';
  return (line) => {
    if (held === '' && !line.startsWith('{')) {
      if (line.trim() !== '') other(line);
      return;
    }
    held += `${line}\n`;
    // An entry ends with a brace in the first column; one on a single line ends at once.
    if (!line.endsWith('}') || (line !== '}' && held !== `${line}\n`)) return;
    const text = held;
    held = '';
    const lines = decodeEntry(parsed(text));
    if (lines) entry(lines);
    else for (const raw of text.trimEnd().split('\n')) other(raw);
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A line for people: `2026-11-20 12:00:03 error effect.done action=forward rule=crm`. */
export function logText({ at, level, event, fields }: LogLine): string {
  const mark = level === 'log' || level === 'info' ? '' : `${level} `;
  const rest = Object.entries(fields).map(([name, value]) =>
    event === 'text' ? String(value) : `${name}=${valueText(value)}`,
  );
  return [
    `${at.slice(0, 19).replace('T', ' ')} ${mark}${event === 'text' ? '' : event}`.trimEnd(),
    ...rest,
  ].join(' ');
}

const valueText = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
