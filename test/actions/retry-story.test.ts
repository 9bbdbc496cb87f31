import { describe, expect, test } from 'vitest';
import type { StoryContext } from '../../src/actions/action.ts';
import { actionNamed } from '../../src/actions/index.ts';

const FAILED = Date.parse('2026-11-24T11:00:00Z');
const retry = actionNamed('retry');
const PARAMS = { at_most: 2, first_delay: '30s', within: '1h' };
const OPEN = { all: false, marketing: false, notification: false };

/** What a story knows when the first failure of a message is retried. */
function context(more: {
  scopes?: object;
  delivered?: boolean;
  isFree?: boolean;
  attempt?: number;
}) {
  const { scopes = {}, delivered = false, isFree = true, attempt = 0 } = more;
  const claims: string[] = [];
  const given = {
    attempt,
    callback: {
      subject: { messageId: 'm-2', channel: 'SMS', identity: '46701740600' },
      envelope: { appId: 'app' },
      eventTime: FAILED,
      receivedAt: FAILED,
    },
    world: {
      sendingsOf: () => ({ firstFailedAt: FAILED, delivered }),
      consent: () => ({ scopes: OPEN, others: { ...OPEN, ...scopes }, apps: {} }),
      originOf: () => ({ root: 'm-1' }),
      claim: (key: string) => claims.push(key) > 0 && isFree,
    },
  };
  // A retry reads nothing else of a story.
  return { claims, context: given as unknown as StoryContext };
}

describe('a retry in a story', () => {
  const doubtsOf = (params: object) => retry?.doubts?.({ ...PARAMS, ...params }) ?? [];

  test.each([
    [{ at_most: 2, first_delay: '20m', factor: 2, within: '1h' }, 0],
    [{ at_most: 2, first_delay: '20m', factor: 2, within: '59m' }, 1],
    [{ at_most: 3, first_delay: '10m', factor: 1, within: '30m' }, 0],
  ])('with %j has %i doubts about its times', (params, count) => {
    expect(doubtsOf(params)).toHaveLength(count);
  });

  test('says how many retries fit, and what to write', () => {
    expect(doubtsOf({ at_most: 3, first_delay: '20m', factor: 2, within: '1h' })).toEqual([
      expect.objectContaining({
        code: 'times-contradict',
        message: expect.stringMatching(/^only 2 retries fit into "within" \(1 hour\).* allows 3/),
        hint: expect.stringContaining('"at_most": 2'),
      }),
    ]);
    expect(doubtsOf({ at_most: 2, first_delay: '40m', factor: 2, within: '1h' })).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^only one retry fits/) }),
    ]);
  });

  test('is claimed once for each attempt of the root message', () => {
    const first = context({});
    const second = context({ attempt: 1 });
    const taken = context({ isFree: false });
    expect(retry?.simulate?.(PARAMS, first.context)).toBeUndefined();
    expect(retry?.simulate?.(PARAMS, second.context)).toBeUndefined();
    expect(first.claims).toEqual(['retry/m-1/1']);
    expect(second.claims).toEqual(['retry/m-1/2']);
    expect(retry?.simulate?.(PARAMS, taken.context)).toMatch(/^another rule/);
  });

  test.each([
    [{ scopes: { all: true } }, 'the person asked for no more messages'],
    [{ scopes: { marketing: true } }, 'the person asked for no more messages'],
    [{ scopes: { notification: true } }, undefined],
    [{ delivered: true }, 'it was delivered in the meantime'],
    [{ attempt: 2 }, 'resent 2 times, the rule allows 2'],
  ])('that knows %j ends as: %s', (more, reason) => {
    const { claims, context: given } = context(more);
    expect(retry?.simulate?.(PARAMS, given)).toBe(reason);
    expect(claims).toHaveLength(reason === undefined ? 1 : 0);
  });

  test('counts its own delay into the time that the rule allows', () => {
    const late = { ...PARAMS, at_most: 9, first_delay: '20m', factor: 2 };
    expect(retry?.simulate?.(late, context({ attempt: 1 }).context)).toBeUndefined();
    expect(retry?.simulate?.(late, context({ attempt: 2 }).context)).toBe(
      'more than 1 hour since it first failed',
    );
  });
});
