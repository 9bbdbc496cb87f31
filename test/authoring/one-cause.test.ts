import { expect, test } from 'vitest';
import { linesOf, replaced } from './findings-of.ts';

/** A small rulebook of a bicycle shop; each test changes one word of one file. */
const FILES: Readonly<Record<string, string>> = {
  'late-bike.json': `{
  "name": "late-bike",
  "why": "The shop calls the customer.",
  "owner": "shop",
  "on": ["MESSAGE_DELIVERY"],
  "when": { "all": [
    { "fact": "status", "operator": "equal", "value": "FAILED" },
    { "fact": "reason_code", "operator": "equal", "value": "RATE_LIMITED" },
    { "fact": "metadata", "operator": "containsWord", "value": { "list": "bikes" } }
  ] },
  "then": [
    { "action": "retry", "params": {
      "at_most": 2,
      "first_delay": "5m",
      "within": "3h"
    } },
    { "action": "alert", "params": {
      "severity": "low",
      "title": "A message of {{app_id}} failed"
    } }
  ],
  "examples": [
    { "name": "a bike", "fires": true, "callback": {
      "event_time": "2026-11-02T09:00:00Z",
      "message_metadata": "tandem",
      "message_delivery_report": { "message_id": "M", "status": "FAILED",
        "reason": { "code": "RATE_LIMITED" },
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } },
    { "name": "delivered", "fires": false, "callback": {
      "event_time": "2026-11-02T09:00:00Z",
      "message_metadata": "tandem",
      "message_delivery_report": { "message_id": "M", "status": "DELIVERED",
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } },
    { "name": "another reason", "fires": false, "callback": {
      "event_time": "2026-11-02T09:00:00Z",
      "message_metadata": "tandem",
      "message_delivery_report": { "message_id": "M", "status": "FAILED",
        "reason": { "code": "INTERNAL_ERROR" },
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } },
    { "name": "no bike", "fires": false, "callback": {
      "event_time": "2026-11-02T09:00:00Z",
      "message_metadata": "helmet",
      "message_delivery_report": { "message_id": "M", "status": "FAILED",
        "reason": { "code": "RATE_LIMITED" },
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } }
  ]
}`,
  'lists/bikes.json': `{
  "name": "bikes",
  "why": "What the shop lends.",
  "values": ["tandem", "cargo bike"]
}`,
  'alerts.json': `{
  "destinations": {
    "desk": { "type": "slack", "url": { "secret": "DEST_DESK" } }
  },
  "default": "desk",
  "schedules": { "open": { "from": "10:00", "to": "18:00", "timeZone": "Europe/Oslo" } },
  "routes": [
    { "match": { "owner": "shop" }, "schedule": "open", "to": "desk" }
  ],
  "heartbeats": [
    { "trigger": "MESSAGE_DELIVERY", "quiet_for": "2h", "severity": "low" }
  ]
}`,
};

const said = (files: Readonly<Record<string, string>>) => linesOf({ ...FILES, ...files });

test('the files without a mistake cause no finding', async () => {
  expect(await said({})).toEqual([]);
});

const RULE = 'late-bike.json';
const ALERTS = 'alerts.json';

test.each([
  // The same cause in the form of a value and in the checks that presuppose it.
  [RULE, '"5m"', '"5min"', /"first_delay": expected a duration.*write "5m"$/],
  [RULE, '"3h"', '"soon"', /"within": expected a duration/],
  // A missing key under another name.
  [ALERTS, '"quiet_for"', '"each"', /unknown key "each": "quiet_for" is missing: write it instead/],
  [RULE, '"title"', '"headline"', /unknown key "headline": "title" is missing/],
  // Texts where objects belong.
  [RULE, '{ "action": "retry"', '"archive", { "action": "retry"', /write \{"action": "archive"\}/],
  [ALERTS, '{ "owner": "shop" }', '"shop"', /write \{"rule": "shop"\} or \{"owner": "shop"\}/],
  [
    ALERTS,
    '{ "from": "10:00", "to": "18:00", "timeZone": "Europe/Oslo" }',
    '"10-18"',
    /write \{"from": "10:00", "to": "18:00"/,
  ],
  // Facts with more words than they have.
  [RULE, '"fact": "status"', '"fact": "report.status"', /did you mean "status"/],
  [RULE, '"fact": "status"', '"fact": "message_status"', /did you mean "status"/],
  [RULE, '{{app_id}}', '{{report.app_id}}', /did you mean "app_id"/],
  [
    RULE,
    '{ "fact": "status", "operator": "equal", "value": "FAILED" }',
    '{ "status": "FAILED" }',
    /write \{"fact": "status", "operator": "equal", "value": "FAILED"\}/,
  ],
  // Values of another fact, and what others call them.
  [RULE, '"value": "RATE_LIMITED"', '"value": "470"', /write "fact": "channel_code"/],
  [RULE, '"fact": "reason_code"', '"fact": "channel_code"', /write "fact": "reason_code"/],
  [RULE, '"value": "FAILED"', '"value": "UNDELIVERED"', /did you mean "FAILED"/],
  [RULE, '["MESSAGE_DELIVERY"]', '["DELIVERY_REPORT"]', /did you mean "MESSAGE_DELIVERY"/],
  // Lists.
  [RULE, '{ "list": "bikes" }', '[{ "list": "bikes" }]', /write \{"list": "bikes"\}/],
  [RULE, '{ "list": "bikes" }', '{ "lists": ["bikes"] }', /write \{"list": \["bikes"\]\}/],
  [RULE, '{ "list": "bikes" }', '{ "list": "lists/bikes.json" }', /write "bikes"/],
  [
    RULE,
    '{ "list": "bikes" } }',
    '{ "list": "bikes" } }, { "fact": "metadata", "operator": "containsWord", "value": ["tandem", "Tandem"] }',
    /this value stands here twice/,
  ],
  // Texts that are sent as they stand, fields and times that Sinch does not send.
  [RULE, '{{app_id}}', '[[app_id]]', /"\[\[app_id\]\]" is sent as it stands: write \{\{app_id\}\}/],
  [
    RULE,
    '{ "fact": "status", "operator": "equal", "value": "FAILED" }',
    '{ "fact": "payload", "path": "reason.discription", "operator": "missing" }, { "fact": "status", "operator": "equal", "value": "FAILED" }',
    /write "reason\.description"/,
  ],
  [RULE, '"2026-11-02T09:00:00Z"', '"2.11.2026"', /Sinch writes no time like "2\.11\.2026"/],
  // Signs of other keyboards.
  [RULE, '"owner": ', '"owner"：', /： is a wide sign: JSON takes : only/],
  [RULE, '["MESSAGE_DELIVERY"]', '("MESSAGE_DELIVERY")', /lists stand in \[ \]/],
  // A key twice, whose second value contradicts the name of the file.
  [RULE, '"owner"', '"name": "bike", "owner"', /the key "name" stands here twice/],
] as const)('%s: %s as %s is one finding, at its line', async (file, was, is, words) => {
  const [text, line] = replaced(FILES[file] ?? '', was, is);
  const findings = await said({ [file]: text });
  expect(findings).toEqual([expect.stringMatching(words)]);
  expect(findings[0]).toContain(`${file}:${line} `);
});

test('an address in place of the name of a secret is never repeated', async () => {
  const text = (FILES[ALERTS] ?? '').replace('DEST_DESK', 'https://chat.example/T0/B1');
  const [finding, ...more] = await said({ [ALERTS]: text });
  expect(more).toEqual([]);
  expect(finding).toMatch(/plain text.*write \{"secret": "DEST_DESK"\}/);
  expect(finding).not.toMatch(/chat\.example|CHAT_EXAMPLE|T0/);
});

test('the name of a secret in place of the secret is no address', async () => {
  const text = (FILES[ALERTS] ?? '').replace('{ "secret": "DEST_DESK" }', '"DEST_DESK"');
  expect(await said({ [ALERTS]: text })).toEqual([
    expect.stringMatching(/the name of a secret.*write \{"secret": "DEST_DESK"\}/),
  ]);
});

test('words in double brackets that are no fact of the callback are left alone', async () => {
  const text = (FILES[RULE] ?? '').replace('A message', '[[text]] [[see below]] A message');
  expect(await said({ [RULE]: text })).toEqual([]);
});
