import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { decide } from '../../../src/rules/decide/decide.ts';
import {
  callbackOf,
  callbackWith,
  doing,
  forgetful,
  list,
  NOON,
  ratingOf,
  rule,
  rulebookOf,
} from '../rulebook.ts';

const red = { fact: 'quality_rating', operator: 'equal', value: 'RED' };
const note = (text: string) => doing({ action: 'note', params: { text } });
const firedIn = async (rules: readonly Record<string, unknown>[], callback = ratingOf('RED')) =>
  (await decide(rulebookOf(rules), await callback, forgetful)).fired.map(
    ({ rule: { name } }) => name,
  );

describe('decide', () => {
  test('says what fired, with its actions and the facts it used', async () => {
    const rules = [rule({ name: 'red', when: { all: [red] }, ...note('RED at {{app_id}}') })];
    const decision = await decide(rulebookOf(rules), await ratingOf('RED'), forgetful);
    expect(decision).toMatchObject({
      version: 'v1',
      fired: [
        {
          rule: { name: 'red', owner: 'ops', why: 'reason' },
          actions: [{ action: 'note', index: 0, params: { text: 'RED at app-1', level: 'low' } }],
          saw: { quality_rating: 'RED' },
        },
      ],
      erred: [],
    });
  });

  test('orders by priority, then by name', async () =>
    expect(
      await firedIn([rule({ name: 'b' }), rule({ name: 'c', priority: 9 }), rule({ name: 'a' })]),
    ).toEqual(['c', 'a', 'b']));

  test('asks no rule after one that stops, and all of them where it does not fire', async () => {
    const rules = [
      rule({ name: 'a' }),
      rule({ name: 'b', stop: true, when: { all: [red] } }),
      rule({ name: 'c' }),
    ];
    expect(await firedIn(rules)).toEqual(['a', 'b']);
    expect(await firedIn(rules, ratingOf('GREEN'))).toEqual(['a', 'c']);
  });

  test('leaves out rules that are switched off or listen to other triggers', async () =>
    expect(
      await firedIn([
        rule({ name: 'a', enabled: false }),
        rule({ name: 'b', on: ['MESSAGE_INBOUND'] }),
        rule({ name: 'c' }),
      ]),
    ).toEqual(['c']));

  test('hears a callback that nobody knows', async () =>
    expect(
      await firedIn(
        [
          rule({
            name: 'unknown',
            on: ['UNKNOWN'],
            when: { fact: 'payload', path: 'news.0', operator: 'equal', value: 'x' },
          }),
        ],
        callbackOf({ news: ['x'] }),
      ),
    ).toEqual(['unknown']));

  test('takes the other spelling of a trigger', async () =>
    expect(
      rulebookOf([rule({ on: ['SMART_CONVERSATION', 'SMART_CONVERSATIONS'] })]).rules[0]?.on,
    ).toEqual(['SMART_CONVERSATIONS']));

  test('changes nothing in a rule whose fact is missing, unless it asks for that', async () => {
    const rules = [
      rule({
        name: 'not',
        when: { not: { fact: 'template_status', operator: 'equal', value: 'PAUSED' } },
      }),
      rule({
        name: 'other',
        when: { any: [{ fact: 'template_status', operator: 'notIn', value: ['PAUSED'] }] },
      }),
      rule({ name: 'missing', when: { fact: 'template_status', operator: 'missing' } }),
    ];
    expect(await firedIn(rules)).toEqual(['missing']);
  });

  test('knows a change only where the value before is known', async () => {
    const rulebook = rulebookOf([
      rule({ name: 'to', when: { fact: 'quality_rating', operator: 'changedTo', value: 'RED' } }),
      rule({
        name: 'from',
        when: { fact: 'quality_rating', operator: 'changedFrom', value: 'GREEN' },
      }),
      rule({
        name: 'not-to',
        when: { not: { fact: 'quality_rating', operator: 'changedTo', value: 'RED' } },
      }),
    ]);
    const fired = async (before: string | undefined) =>
      (await decide(rulebook, await ratingOf('RED'), async () => before)).fired.map(
        ({ rule: { name } }) => name,
      );
    expect(await fired('GREEN')).toEqual(['from', 'to']);
    expect(await fired('YELLOW')).toEqual(['to']);
    expect(await fired('RED')).toEqual(['not-to']);
    expect(await fired(undefined)).toEqual([]);
  });

  test('recalls a fact once, and only for rules that the callback leaves a chance', async () => {
    const before = { fact: 'previous_quality_rating', operator: 'equal', value: 'GREEN' };
    const rulebook = rulebookOf(
      ['a', 'b'].map((name) => rule({ name, when: { all: [before, red] } })),
    );
    const recall = vi.fn(async () => 'GREEN');
    await decide(rulebook, await ratingOf('YELLOW'), recall);
    expect(recall).not.toHaveBeenCalled();
    const decision = await decide(rulebook, await ratingOf('RED'), recall);
    expect(recall).toHaveBeenCalledExactlyOnceWith('previous_quality_rating');
    expect(decision.fired).toMatchObject([
      { saw: { previous_quality_rating: 'GREEN', quality_rating: 'RED' } },
      {},
    ]);
  });

  test('recalls for a template, too', async () => {
    const rulebook = rulebookOf([rule(note('{{previous_quality_rating}}!'))]);
    const decision = await decide(rulebook, await ratingOf('RED'), async () => 'GREEN');
    expect(decision.fired[0]?.actions).toMatchObject([{ params: { text: 'GREEN!' } }]);
  });

  test('rejects where our own state cannot be asked, so that the callback is tried again', async () => {
    const rulebook = rulebookOf([
      rule({ when: { fact: 'previous_quality_rating', operator: 'missing' } }),
    ]);
    const recall = () => Promise.reject(new AppError('unavailable', 'down'));
    await expect(decide(rulebook, await ratingOf('RED'), recall)).rejects.toThrow('down');
  });

  test('reads each fact at most once a callback', async () => {
    const callback = await ratingOf('RED');
    const fact = vi.fn(callback.fact);
    await decide(
      rulebookOf(['a', 'b', 'c'].map((name) => rule({ name, when: { all: [red] } }))),
      { ...callback, fact },
      forgetful,
    );
    expect(fact).toHaveBeenCalledTimes(1);
  });

  test('records a rule that throws as erred, and lets the others fire', async () => {
    const callback = callbackWith('CHANNEL_EVENT', { channel: 'WHATSAPP' });
    const broken = {
      ...callback,
      fact: (name: string, lists: object) =>
        name === 'app_id' ? fail() : callback.fact(name, { ...lists }),
    };
    const rules = [
      rule({ name: 'a', when: { fact: 'app_id', operator: 'present' } }),
      rule({ name: 'b' }),
    ];
    expect(await decide(rulebookOf(rules), broken, forgetful)).toMatchObject({
      fired: [{ rule: { name: 'b' } }],
      erred: [{ rule: 'a', message: 'cannot be read' }],
    });
  });

  test('leaves out the one action whose filled-in params are not valid', async () => {
    const text = '{{channel}} {{app_id}} is RED again';
    const rules = [
      rule(
        doing(
          { action: 'note', params: { text } },
          { action: 'note', params: { text: 'short' } },
          { action: 'note', params: { level: '{{channel}}' } },
        ),
      ),
    ];
    const decision = await decide(rulebookOf(rules), await ratingOf('RED'), forgetful);
    expect(decision.fired[0]?.actions).toMatchObject([{ index: 1, params: { text: 'short' } }]);
    expect(decision.erred).toEqual([
      { rule: 'r', message: expect.stringMatching(/^note \(action 1\): text: .*20/) },
      { rule: 'r', message: expect.stringMatching(/^note \(action 3\): level: .*WHATSAPP/) },
    ]);
  });

  test('reaches any field by its path: in the payload first, then in the whole callback', async () => {
    const at = (path: string, value: unknown) => ({
      fact: 'payload',
      path,
      operator: 'equal',
      value,
    });
    const fires = async (when: object) => (await firedIn([rule({ when })])).length === 1;
    expect(await fires(at('additional_data.quality_rating', 'RED'))).toBe(true);
    expect(await fires(at('channel_event_notification.channel_event.channel', 'WHATSAPP'))).toBe(
      true,
    );
    expect(await fires(at('app_id', 'app-1'))).toBe(true);
    expect(await fires({ fact: 'payload', path: 'constructor.name', operator: 'present' })).toBe(
      false,
    );
    expect(await fires({ fact: 'payload', path: 'app_id.length', operator: 'present' })).toBe(
      false,
    );
  });

  test('counts an empty text and null at a path as missing', async () => {
    const callback = callbackOf({
      app_id: 'a',
      channel_event: { channel: 'SMS', event_type: 'x', empty: '', none: null },
    });
    const missing = (path: string) =>
      rule({ name: path, when: { fact: 'payload', path, operator: 'missing' } });
    expect(await firedIn([missing('empty'), missing('none')], callback)).toEqual(['empty', 'none']);
  });

  test('fills templates with texts, numbers, times and fields, and leaves nothing for what is missing', async () => {
    const text = (template: string) => rule({ name: 'r', ...note(template) });
    const filled = async (template: string) =>
      (await decide(rulebookOf([text(template)]), await ratingOf('RED'), forgetful)).fired[0]
        ?.actions[0]?.params;
    expect(await filled('<{{app_id}}>')).toMatchObject({ text: '<app-1>' });
    expect(await filled('{{age_seconds}} s')).toMatchObject({ text: '60 s' });
    expect(await filled('{{event_time}}')).toMatchObject({ text: '2026-11-20T11:59:00Z' });
    expect(await filled('{{payload.channel}}')).toMatchObject({ text: 'WHATSAPP' });
    expect(await filled('[{{ correlation_id }}]')).toMatchObject({ text: '[]' });
  });

  test('gives failure lists to the facts that need them', async () => {
    const lists = { 'lists/failure-permanent.json': list('failure-permanent', ['MY_CODE']) };
    const rulebook = rulebookOf(
      [
        rule({
          on: ['MESSAGE_DELIVERY'],
          when: { fact: 'failure_class', operator: 'equal', value: 'permanent' },
        }),
      ],
      { lists },
    );
    const report = {
      message_delivery_report: { message_id: 'm', status: 'FAILED', reason: { code: 'MY_CODE' } },
    };
    expect((await decide(rulebook, await callbackOf(report, NOON), forgetful)).fired).toHaveLength(
      1,
    );
  });
});

const fail = (): never => {
  throw new Error('cannot be read');
};
