import { describe, expect, test } from 'vitest';
import { findingsOf } from './findings-of.ts';

/** A rule on the replies of a shop, its list, a guardrail and the destinations: what is wrong stands in one of them. */
const FILES: Readonly<Record<string, string>> = {
  'late-parcel.json': `{
  "name": "late-parcel",
  "why": "The warehouse looks for it.",
  "owner": "warehouse",
  "on": ["MESSAGE_DELIVERY"],
  "when": { "all": [
    { "fact": "channel", "operator": "in", "value": { "list": "parcel-channels" } },
    { "fact": "attempt", "operator": "greaterThan", "value": 1 }
  ] },
  "then": [{ "action": "alert", "params": { "severity": "low", "title": "Retried on {{channel|none}}" } }],
  "examples": [
    { "name": "twice", "fires": true, "given": { "attempt": 2 }, "callback": {
      "message_delivery_report": { "message_id": "M", "status": "FAILED",
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } },
    { "name": "never", "fires": false, "given": { "attempt": 0 }, "callback": {
      "message_delivery_report": { "message_id": "M", "status": "DELIVERED",
        "channel_identity": { "channel": "RCS", "identity": "12025550143" } } } },
    { "name": "on another channel", "fires": false, "given": { "attempt": 2 }, "callback": {
      "message_delivery_report": { "message_id": "M", "status": "QUEUED_ON_CHANNEL",
        "channel_identity": { "channel": "LINE", "identity": "U1" } } } }
  ]
}`,
  'lists/parcel-channels.json': `{
  "name": "parcel-channels",
  "why": "Parcels are announced here.",
  "values": [
    "RCS",
    "KAKAOTALK"
  ]
}`,
  'guardrails/parcels-alert.json': `{
  "name": "parcels-alert",
  "why": "The warehouse must know.",
  "callback": {
    "message_delivery_report": {
      "message_id": "M",
      "status": "SWITCHING_CHANNEL",
      "channel_identity": { "channel": "KAKAOTALK", "identity": "K1" }
    }
  },
  "given": { "attempt": 3 },
  "must_not": ["retry"],
  "must": ["alert"]
}`,
  'alerts.json': `{
  "destinations": {
    "yard": { "type": "webhook", "url": { "secret": "DEST_YARD" } },
    "night": { "type": "webhook", "url": { "secret": "DEST_NIGHT" } }
  },
  "default": "yard",
  "schedules": {
    "dark": { "timeZone": "Europe/Oslo", "from": "20:00", "to": "06:00" }
  },
  "routes": [{ "schedule": "dark", "to": "night" }]
}`,
};

/** The findings about these files: `file:line code: message: hint`. */
async function findings(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await findingsOf(files)).map(
    ({ file, line, code, message, hint = '' }) => `${file}:${line} ${code}: ${message}: ${hint}`,
  );
}

describe('a mistake has one finding, where it was made', () => {
  test('none is made in the files themselves', async () =>
    expect(await findings(FILES)).toEqual([]));

  test.each<[what: string, file: string, was: string, is: string, line: number, says: RegExp]>([
    [
      'a list without values',
      'lists/parcel-channels.json',
      '"RCS",\n    "KAKAOTALK"\n  ',
      '',
      4,
      /^empty-list: parcel-channels: no values.*add values/,
    ],
    [
      'a number in a list of texts',
      'lists/parcel-channels.json',
      '"KAKAOTALK"',
      '12',
      6,
      /^value-does-not-suit: 12: .*late-parcel.json compares "channel".*write "12"/,
    ],
    [
      'a channel of a list in other letters',
      'lists/parcel-channels.json',
      '"RCS"',
      '"Rcs"',
      5,
      /^wrong-case: .*write "RCS"/,
    ],
    [
      'a count below none',
      'late-parcel.json',
      '"greaterThan", "value": 1',
      '"lessThan", "value": 0',
      8,
      /^out-of-range: "attempt" lessThan 0 never holds/,
    ],
    [
      'a count that always holds',
      'late-parcel.json',
      '"greaterThan", "value": 1',
      '"greaterThanInclusive", "value": 0',
      8,
      /^out-of-range: .* always holds.*"present"/,
    ],
    [
      'half a retry',
      'late-parcel.json',
      '"greaterThan", "value": 1',
      '"equal", "value": 1.5',
      8,
      /^out-of-range: "attempt" is never 1.5: it is a whole number.*like 1 or 2/,
    ],
    [
      'a misspelt status of an example',
      'late-parcel.json',
      '"DELIVERED"',
      '"DELIVRED"',
      16,
      /^unseen-value: "DELIVRED".*did you mean "DELIVERED"/,
    ],
    [
      'a status of an example in small letters',
      'late-parcel.json',
      '"DELIVERED"',
      '"delivered"',
      16,
      /^wrong-case: "delivered".*write "DELIVERED"/,
    ],
    [
      'a misspelt channel of an example',
      'late-parcel.json',
      '"LINE"',
      '"LIEN"',
      20,
      /^unseen-value: "LIEN".*did you mean "LINE"/,
    ],
    [
      'a misspelt status of a guardrail',
      'guardrails/parcels-alert.json',
      '"SWITCHING_CHANNEL"',
      '"SWITCHING_CHANEL"',
      7,
      /^unseen-value: .*did you mean "SWITCHING_CHANNEL"/,
    ],
    [
      'a guardrail that does not hold',
      'guardrails/parcels-alert.json',
      '"attempt": 3',
      '"attempt": 0',
      13,
      /^guardrail-broken: its callback must alert/,
    ],
    [
      'a destination that nothing names',
      'alerts.json',
      '"to": "night"',
      '"to": "yard"',
      4,
      /^unused: nothing is sent to the destination "night"/,
    ],
    [
      'a schedule that nothing follows',
      'alerts.json',
      '"schedule": "dark"',
      '"match": { "owner": "warehouse" }',
      8,
      /^unused: no route and no heartbeat follows the schedule "dark"/,
    ],
    [
      'an unknown schedule',
      'alerts.json',
      '"schedule": "dark"',
      '"schedule": "drak"',
      10,
      /^bad-value: .*names no schedule of this file \("drak"\): did you mean "dark"/,
    ],
    [
      'an unknown destination among several',
      'alerts.json',
      '"to": "night"',
      '"to": ["night",\n "yrad"]',
      11,
      /^bad-value: .*\("yrad"\): did you mean "yard"/,
    ],
    [
      'two keys that a rule lacks',
      'late-parcel.json',
      '"owner": "warehouse",\n  "on": ["MESSAGE_DELIVERY"],',
      '',
      1,
      /^missing-key: "owner" and "on" are missing: add them/,
    ],
    [
      'a fact in percent signs',
      'late-parcel.json',
      '{{channel|none}}',
      '%channel%',
      10,
      /^single-braces: "%channel%".*write \{\{channel\}\}/,
    ],
  ])('%s', async (_, file, was, is, line, says) => {
    const text = FILES[file]?.replace(was, is) ?? '';
    expect(text).not.toBe(FILES[file]);
    expect(await findings({ ...FILES, [file]: text })).toEqual([
      expect.stringMatching(
        new RegExp(`^${file.replaceAll('.', '\\.')}:${line} ${says.source.replace('^', '')}`),
      ),
    ]);
  });

  test.each([
    ['late-parcel.json', 'lists/late-parcel.json', 'a rule', 'rules/late-parcel.json'],
    ['lists/parcel-channels.json', 'parcel-channels.json', 'a list', 'lists/parcel-channels.json'],
    [
      'guardrails/parcels-alert.json',
      'tests/parcels-alert.json',
      'a guardrail',
      'guardrails/parcels-alert.json',
    ],
  ])('%s as a second file %s is in the wrong-folder', async (file, other, kind, meant) => {
    const found = await findings({ ...FILES, [other]: FILES[file] ?? '' });
    expect(found).toEqual([
      expect.stringMatching(
        new RegExp(`^${other}:1 wrong-folder: this is ${kind}, .*: move it to "${meant}"$`),
      ),
    ]);
  });

  test.each([
    ['a share in percent', 'batch_failed_ratio', 'greaterThan', 20, 'write 0.2 for 20 %'],
    [
      'a share of more than all',
      'intent_score',
      'greaterThan',
      1,
      'write a number between 0 and 1',
    ],
    ['an age in the future', 'age_seconds', 'lessThan', 0, 'write a number above 0'],
    ['a list of counts', 'duplicate_count', 'in', [1, -2], 'write a number above 0'],
  ])('%s', async (_, fact, operator, value, hint) => {
    const on: Record<string, string> = {
      batch_failed_ratio: 'BATCH_STATUS_UPDATE',
      intent_score: 'SMART_CONVERSATIONS',
      age_seconds: 'OPT_IN',
      duplicate_count: 'CONTACT_IDENTITIES_DUPLICATION',
    };
    const rule = {
      ...{ name: 'counted', why: 'We look.', owner: 'ops', on: [on[fact]] },
      when: { fact, operator, value },
      then: [{ action: 'alert', params: { severity: 'low', title: 'Look' } }],
    };
    const files = {
      'alerts.json': FILES['alerts.json'] ?? '',
      'counted.json': JSON.stringify(rule),
    };
    expect(await findings(files)).toContainEqual(
      expect.stringMatching(`counted.json:1 out-of-range: .*${hint}$`),
    );
  });
});

describe('no finding', () => {
  test.each([
    ['a status that resembles none', '"DELIVERED"', '"BOUNCED_BY_TOWER"'],
    ['a retry at all', '"greaterThan", "value": 1', '"greaterThan", "value": 0'],
  ])('is made of %s', async (_, was, is) => {
    const text = FILES['late-parcel.json']?.replace(was, is) ?? '';
    expect(text).not.toBe(FILES['late-parcel.json']);
    expect(await findings({ ...FILES, 'late-parcel.json': text })).toEqual([]);
  });
});
