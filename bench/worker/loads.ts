import { signCallback } from '../../src/callbacks/signature.ts';
import type { RuleInput } from '../../src/rules/model/rule.ts';
import { tenantRules } from '../decide/regimes/equality.ts';
import { SETTINGS } from './serve.ts';

/** A kind of callback, each from another person. */
export interface Load {
  readonly name: string;
  readonly channel: string;
  readonly text: string;
  readonly journal: 'all' | 'acted';
  /** Taken again it would store nothing, and not wait for the disk: each callback is sent once. Others are sent over and over. */
  readonly once?: true;
}

/** A callback, signed, as autocannon takes it. */
export interface SignedRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const APP = '01JBENCHAPP000000000000000';

/**
 * No rule names TELEGRAM. In DISPATCH mode a message tells nothing of a contact, so there is nothing to remember. With
 * `JOURNAL=all` even such a callback is one message on a queue, and the local queue is a Worker in the same process.
 */
const QUIET = { channel: 'TELEGRAM', text: 'Hello, is the shop open?' };
export const loads: readonly Load[] = [
  { name: 'no match', ...QUIET, journal: 'acted' },
  { name: 'no match, JOURNAL=all', ...QUIET, journal: 'all' },
  { name: 'state action', channel: 'SMS', text: 'STOP', journal: 'acted', once: true },
  { name: 'effect action', channel: 'SMS', text: 'HELP', journal: 'acted' },
];

const rule = (
  name: string,
  keyword: string,
  action: string,
  params: Record<string, unknown>,
): RuleInput => ({
  name,
  why: 'Measured.',
  owner: 'bench',
  on: ['MESSAGE_INBOUND'],
  when: {
    all: [
      { fact: 'channel', operator: 'equal', value: 'SMS' },
      { fact: 'keyword', operator: 'equal', value: keyword },
    ],
  },
  then: [{ action, params }],
});

/** That many rules: those of the tenant regime, but for the two that the loads are about. */
export function rulesFor(count: number): readonly RuleInput[] {
  return [
    ...tenantRules(count).slice(2),
    rule('bench-stop', 'STOP', 'suppress', { scope: 'all' }),
    rule('bench-help', 'HELP', 'alert', { severity: 'low', title: 'HELP from {{channel}}' }),
  ];
}

/** Signs `count` callbacks of a load from the `first` one on, which differ in message and person. Sinch's signature is valid for a day. */
export async function signedRequests(
  { channel, text }: Load,
  count: number,
  first = 0,
): Promise<readonly SignedRequest[]> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const requests: SignedRequest[] = [];
  for (let index = first; index < first + count; index++) {
    const body = JSON.stringify({
      app_id: APP,
      project_id: 'bench-project',
      accepted_time: at,
      event_time: at,
      message: {
        id: `01JBENCHMESSAGE${String(index).padStart(11, '0')}`,
        direction: 'TO_APP',
        contact_message: { text_message: { text } },
        channel_identity: { channel, identity: String(46_700_000_000 + index), app_id: '' },
        conversation_id: '',
        contact_id: '',
        metadata: '',
        accept_time: at,
        sender_id: '46700000001',
        processing_mode: 'DISPATCH',
        injected: false,
      },
      message_metadata: '',
      correlation_id: '',
    });
    const headers = await signCallback(new TextEncoder().encode(body), SETTINGS.WEBHOOK_SECRETS, {
      nonce: `bench-${index}`,
      timestamp: Math.floor(now / 1_000),
    });
    requests.push({
      method: 'POST',
      path: '/callbacks',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
  }
  return requests;
}
