import type { RuleInput } from '../../src/rules/model/rule.ts';
import { tenantRules } from '../decide/regimes/equality.ts';
import { type SignedRequest, signedCallback } from '../worker/signed-request.ts';

export const APP = '01JBENCHAPP000000000000000';

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

/** That many rules: those of the tenant regime, but for two: STOP and HELP. */
export function rulesFor(count: number): readonly RuleInput[] {
  return [
    ...tenantRules(count).slice(2),
    rule('bench-stop', 'STOP', 'suppress', { scope: 'all' }),
    rule('bench-help', 'HELP', 'alert', { severity: 'low', title: 'HELP from {{channel}}' }),
  ];
}

/** Signs `count` callbacks of STOP, each from another person. */
export async function signedStops(count: number): Promise<readonly SignedRequest[]> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const requests: SignedRequest[] = [];
  for (let index = 0; index < count; index++) {
    const body = JSON.stringify({
      app_id: APP,
      project_id: 'bench-project',
      accepted_time: at,
      event_time: at,
      message: {
        id: `01JBENCHMESSAGE${String(index).padStart(11, '0')}`,
        direction: 'TO_APP',
        contact_message: { text_message: { text: 'STOP' } },
        channel_identity: { channel: 'SMS', identity: String(46_700_000_000 + index), app_id: '' },
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
    requests.push(await signedCallback(body, `bench-${index}`, now));
  }
  return requests;
}
