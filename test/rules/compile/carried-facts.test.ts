import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { analyse } from '../../../src/rules/check/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { leaf, rule, sources } from '../rulebook.ts';

const PARAMS: Readonly<Record<string, object>> = {
  throttle: { to: '10/minute', for: '7d' },
  suppress: {},
  unsuppress: {},
  reply: { text: 'Hi' },
  forward: { to: 'forward' },
  check_capability: { after: '1h' },
  retry: { at_most: 3, first_delay: '1m', factor: 2, within: '1h' },
};

const present = { all: [leaf('trigger', 'present')] };
const written = (action: string, on: readonly string[], when: object = present) =>
  sources([rule({ on, when, then: [{ action, params: PARAMS[action] ?? {} }] })]);
const errorsOf = (source: ReturnType<typeof sources>) =>
  compile(source, actions, 'v1').findings.filter(({ severity }) => severity === 'error');

describe('compile rejects', () => {
  test.each([
    ['channel', 'CONTACT_CREATE', leaf('channel', 'equal', 'WHATSAPP')],
    ['identity', 'CHANNEL_EVENT', leaf('identity', 'present')],
    ['message_id', 'CAPABILITY', leaf('message_id', 'present')],
    ['contact_id', 'BATCH_STATUS_UPDATE', leaf('contact_id', 'present')],
    ['conversation_id', 'UNKNOWN', leaf('conversation_id', 'present')],
    ['processing_mode', 'CONVERSATION_START', leaf('processing_mode', 'equal', 'DISPATCH')],
  ])('the fact %s on %s', (fact, trigger, comparison) => {
    const source = sources([rule({ on: [trigger], when: { all: [comparison] } })]);
    const [finding] = compile(source, [], 'v1').findings.filter(
      ({ code }) => code === 'fact-not-carried',
    );
    expect(finding).toMatchObject({
      severity: 'error',
      message: `"${fact}" never comes with ${trigger}`,
      hint: expect.stringMatching(/^it comes with [A-Z_]+(, [A-Z_]+)* and [A-Z_]+$/),
    });
  });

  test.each([
    ['throttle', 'BATCH_STATUS_UPDATE', '"channel"'],
    ['suppress', 'CHANNEL_EVENT', '"identity"'],
    ['unsuppress', 'CONTACT_MERGE', '"channel" and "identity"'],
    ['reply', 'CONTACT_CREATE', undefined],
    ['reply', 'CHANNEL_EVENT', '"identity"'],
    ['suppress', 'CONTACT_DELETE', undefined],
    ['suppress', 'CONTACT_IDENTITIES_DUPLICATION', undefined],
    ['forward', 'CONTACT_UPDATE', undefined],
    ['archive', 'CONTACT_CREATE', '"recording_url" or "media_url"'],
    ['check_capability', 'SMART_CONVERSATIONS', undefined],
    ['check_capability', 'CONTACT_UPDATE', undefined],
    ['retry', 'MESSAGE_INBOUND', '"status"'],
    ['erase', 'BATCH_STATUS_UPDATE', '"contact_id"'],
  ])('the action %s on %s, unless the trigger supplies its data', (action, trigger, missing) => {
    const errors = errorsOf(written(action, [trigger]));
    if (missing === undefined) return expect(errors).toEqual([]);
    expect(errors).toMatchObject([
      {
        code: 'action-needs',
        path: ['then', 0, 'action'],
        message: `"${action}" requires ${missing}, which ${trigger} does not carry`,
        hint: expect.stringMatching(/^it works on [A-Z_]+/),
      },
    ]);
  });
});

describe('check warns of an action that some of the triggers cannot supply', () => {
  const findingsOf = async (source: ReturnType<typeof sources>) => {
    const { rulebook } = compile(source, actions, 'v1');
    const findings = await analyse(source, rulebook);
    return findings.filter(({ code }) => code === 'action-needs');
  };

  test('where the rule can fire for them', async () => {
    const source = written('reply', ['MESSAGE_INBOUND', 'BATCH_STATUS_UPDATE']);
    expect(errorsOf(source)).toEqual([]);
    expect(await findingsOf(source)).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringMatching(/which BATCH_STATUS_UPDATE does not carry$/),
      },
    ]);
  });

  test('and not where the condition excludes them', async () => {
    const when = { all: [leaf('channel', 'equal', 'SMS')] };
    expect(
      await findingsOf(written('reply', ['MESSAGE_INBOUND', 'BATCH_STATUS_UPDATE'], when)),
    ).toEqual([]);
  });
});
