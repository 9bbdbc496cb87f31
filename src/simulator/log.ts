import * as v from 'valibot';
import type { Arrival } from './arrivals.ts';
import { addressOf, SendRequest } from './send-request.ts';

const Alert = v.looseObject({
  severity: v.optional(v.string()),
  state: v.optional(v.string()),
  count: v.optional(v.number(), 1),
  title: v.string(),
});
const SlackAlert = v.looseObject({ text: v.string() });
const Addressed = v.looseObject({ recipient: SendRequest.entries.recipient });

/** Fields of a callback's envelope that are not payloads. */
const ENVELOPE = [
  'app_id',
  'project_id',
  'accepted_time',
  'event_time',
  'message_metadata',
  'correlation_id',
];

/**
 * One arrival as a line for the terminal. Numbers are masked: terminals get pasted into tickets.
 */
export function say(arrival: Arrival): string {
  const what = WORDS[arrival.kind]?.(arrival) ?? '';
  return `local Sinch ◂ ${arrival.kind}${what}${outcome(arrival)}`;
}

const WORDS: Readonly<Record<string, (arrival: Arrival) => string>> = {
  'messages:send': ({ body, message_id: id }) => {
    const request = v.safeParse(SendRequest, body);
    if (!request.success) return '';
    const { recipient, channel_priority_order: order, message } = request.output;
    const text = message.text_message?.text;
    const content =
      text === undefined
        ? Object.keys(message).find((key) => key.endsWith('_message'))
        : `"${cut(text, 48)}"`;
    return ` to ${whom(recipient, order)}${id ? ` (message ${id})` : ''}: ${content ?? ''}`;
  },
  'capability:query': ({ body }) => {
    const query = v.safeParse(Addressed, body);
    return query.success ? ` for ${whom(query.output.recipient)}` : '';
  },
  alert: ({ body }) => {
    const alert = v.safeParse(Alert, body);
    if (alert.success) {
      const { severity, state, count, title } = alert.output;
      return ` [${state === 'resolved' ? state : (severity ?? '?')}] ${title}${count > 1 ? ` (${count} times)` : ''}`;
    }
    const slack = v.safeParse(SlackAlert, body);
    return slack.success ? ` ${slack.output.text}` : '';
  },
  forward: ({ body, headers }) => {
    const callback = v.safeParse(v.looseObject({}), body);
    const key = Object.keys(callback.success ? callback.output : {}).find(
      (name) => !ENVELOPE.includes(name),
    );
    return ` of ${key ?? 'something'}${headers?.['webhook-id'] ? ` (${headers['webhook-id']}, signed)` : ''}`;
  },
};

function outcome({ answer, body }: Arrival): string {
  if (answer === 'none') return ' (kept, not answered)';
  if (answer < 300) return '';
  const empty = body === '' ? ', empty body' : '';
  return ` (answered ${answer}${empty})`;
}

function whom(recipient: SendRequest['recipient'], order?: readonly string[]): string {
  const { channel, identity } = addressOf(recipient, order);
  return identity ? `${channel} ${masked(identity)}` : `contact ${recipient.contact_id ?? ''}`;
}

/** `46732001122` → `46…1122`. */
const masked = (identity: string): string =>
  identity.length > 7 ? `${identity.slice(0, 2)}…${identity.slice(-4)}` : '…';

/** One line of at most `most` characters. */
function cut(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
