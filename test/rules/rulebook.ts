import * as v from 'valibot';
import { type Callback, readCallback } from '../../src/callbacks/callback.ts';
import type { FactValue } from '../../src/callbacks/facts/fact.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import type { Finding } from '../../src/rules/model/finding.ts';
import type { RulebookSource } from '../../src/rules/model/rule.ts';
import type { ActionDefinition } from '../../src/rules/model/vocabulary.ts';

/** Actions as the rules layer sees them, without anything behind them. */
export const actions: readonly ActionDefinition[] = [
  {
    name: 'note',
    kind: 'record',
    description: 'Leaves a note.',
    params: v.strictObject({
      text: v.optional(v.pipe(v.string(), v.maxLength(20)), 'noted'),
      level: v.optional(v.picklist(['high', 'low']), 'low'),
    }),
    templates: ['text', 'level'],
    requiredFacts: [],
    summary: (params) => `note ${'text' in params ? params.text : ''}`,
  },
  {
    name: 'limit',
    kind: 'state',
    description: 'Limits a sender.',
    params: v.strictObject({ to: v.string() }),
    templates: [],
    requiredFacts: ['app_id', 'channel'],
    summary: (params) => `limit to ${'to' in params ? params.to : ''}`,
  },
  {
    name: 'block',
    kind: 'state',
    description: 'Blocks a message.',
    params: v.strictObject({}),
    templates: [],
    requiredFacts: [],
    summary: () => 'block, and tell {owner}',
  },
];

/** A rule with everything but what the test is about. */
export const rule = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'r',
  why: 'reason',
  owner: 'ops',
  on: ['CHANNEL_EVENT'],
  when: { all: [{ fact: 'channel', operator: 'equal', value: 'WHATSAPP' }] },
  then: [{ action: 'note' }],
  ...over,
});

/** A comparison. */
export const leaf = (fact: string, operator: string, value?: unknown, rest: object = {}) => ({
  fact,
  operator,
  ...(value === undefined ? {} : { value }),
  ...rest,
});

/** The actions of a rule, as a part of it. */
export const doing = (...calls: unknown[]): Record<string, unknown> => ({ then: calls });

/** A rulebook's sources; each rule lies in the file that its name says. */
export const sources = (
  rules: readonly Record<string, unknown>[],
  rest: Partial<RulebookSource> = {},
): RulebookSource => ({
  rules: Object.fromEntries(rules.map((written) => [`${written.name}.json`, written])),
  lists: {},
  conditions: {},
  alerts: {},
  ...rest,
});

export const list = (name: string, values: readonly (string | number)[]) => ({
  name,
  why: 'reason',
  values,
});

/** Compiles rules that must be faultless. */
export function rulebookOf(
  rules: readonly Record<string, unknown>[],
  rest: Partial<RulebookSource> = {},
) {
  const { rulebook, findings } = compile(sources(rules, rest), actions, 'v1');
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors, undefined, 1));
  return rulebook;
}

/** The findings about one rule that is otherwise in order. */
export const findingsOf = (
  over: Record<string, unknown>,
  rest: Partial<RulebookSource> = {},
): readonly Finding[] => compile(sources([rule(over)], rest), actions, 'v1').findings;

export const NOON = Date.parse('2026-11-20T12:00:00Z');

/** A callback as Sinch sends it. */
export const callbackOf = (body: object, receivedAt = NOON): Promise<Callback> =>
  readCallback(new TextEncoder().encode(JSON.stringify(body)), receivedAt);

/** A channel event about a WhatsApp number. */
export const ratingOf = (rating: string, over: object = {}): Promise<Callback> =>
  callbackOf({
    app_id: 'app-1',
    event_time: '2026-11-20T11:59:00Z',
    channel_event_notification: {
      channel_event: {
        channel: 'WHATSAPP',
        event_type: 'WHATS_APP_QUALITY_RATING_CHANGED',
        additional_data: { quality_rating: rating },
      },
    },
    ...over,
  });

/** A callback made of facts alone, of whatever kind: what no real payload can hold is worth trying too. */
export const callbackWith = (
  trigger: string,
  facts: Readonly<Record<string, FactValue>>,
  payload: object = {},
  body: Record<string, unknown> = {},
): Callback => ({
  id: '0'.repeat(26),
  trigger,
  envelope: {
    appId: '',
    projectId: '',
    acceptedTime: undefined,
    eventTime: undefined,
    messageMetadata: '',
    correlationId: '',
    body,
  },
  subject: {},
  payload,
  stateRecords: [],
  eventTime: NOON,
  receivedAt: NOON,
  raw: '',
  fact: (name) => (Object.hasOwn(facts, name) ? facts[name] : undefined),
});

/** Nobody remembers anything. */
export const forgetful = async (): Promise<undefined> => undefined;
