import { describe, expect, test } from 'vitest';
import { findingsOf, linesOf, replaced } from './findings-of.ts';

/** A rule that slows a sender down, the list that it reads, and where its alert goes. */
const RULE = `{
  "name": "many-failed",
  "why": "Many failures at once are a fault of ours.",
  "owner": "warehouse",
  "on": ["MESSAGE_DELIVERY"],
  "when": { "all": [
    { "fact": "status", "operator": "equal", "value": "FAILED" },
    { "fact": "channel", "operator": "in", "value": ["SMS", "MMS", "RCS"] },
    { "fact": "age_seconds", "operator": "lessThan", "value": 90 }
  ] },
  "threshold": { "share": 0.2, "at_least": 20, "per": ["app_id"], "within": "10m",
    "among": { "fact": "status", "operator": "in", "value": ["FAILED", "DELIVERED"] } },
  "cooldown": "1h",
  "then": [
    { "action": "throttle", "params": { "to": "10/minute", "for": "1h" } },
    { "action": "alert", "params": { "severity": "low", "title": "Slower" } }
  ],
  "examples": [
    { "name": "many", "fires": true, "times": 40, "given": { "attempt": 1 }, "callback": { "app_id": "A",
      "message_delivery_report": { "message_id": "M", "status": "FAILED",
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } },
    { "name": "delivered", "fires": false, "callback": { "app_id": "A",
      "message_delivery_report": { "message_id": "M", "status": "DELIVERED",
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } }
  ]
}`;
const ALERTS = `{
  "destinations": { "yard": { "type": "webhook", "url": { "secret": "DEST_YARD" } } },
  "default": "yard",
  "routes": [
    { "match": { "severity": "low" }, "schedule": "day", "to": "yard" }
  ],
  "schedules": { "day": { "from": "08:00", "to": "16:00", "timeZone": "Europe/Stockholm", "days": ["mon"] } },
  "heartbeats": [
    { "trigger": "MESSAGE_DELIVERY", "quiet_for": "2h", "severity": "critical" }
  ]
}`;
const FILES: Readonly<Record<string, string>> = { 'many-failed.json': RULE, 'alerts.json': ALERTS };

/** The findings about a file in which one text is written otherwise, and the line of that text. */
async function said(file: string, was: string, is: string) {
  const [text, line] = replaced(FILES[file] ?? '', was, is);
  return { line, said: await linesOf({ ...FILES, [file]: text }) };
}

/** Expects one finding, at the line of the mistake, whose remedy contains these words. */
async function expectRemedy(file: string, was: string, is: string, remedy: string): Promise<void> {
  const { line, said: lines } = await said(file, was, is);
  expect(lines).toEqual([expect.stringMatching(`^${file}:${line} `)]);
  expect(lines[0]).toContain(remedy);
}

test('the files without a mistake cause no finding about their form', async () => {
  const findings = await findingsOf(FILES);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

describe('a number in another notation is named with the number that is meant', () => {
  test.each([
    ['1,000', 'write 1000'],
    ['1_000', 'write 1000'],
    ["1'000", 'write 1000'],
    ['0,05', 'write 0.05'],
    ['.05', 'write 0.05'],
    ['10.', 'write 10'],
    ['+5', 'write 5'],
    ['007', 'write 7'],
    ['5%', 'write 0.05 where a share is expected, else 5'],
    ['90s', 'write "90s", or only the number where one is expected'],
    ['10/minute', 'write "10/minute"'],
    ['"1,000"', 'write 1000 without quotes'],
    ['"0,5"', 'write 0.5 without quotes'],
  ])('%s', async (written, remedy) => {
    await expectRemedy('many-failed.json', '"value": 90', `"value": ${written}`, remedy);
  });

  test('a telephone number is not repeated', async () => {
    const { said: lines } = await said('many-failed.json', '"value": 90', '"value": +12025550142');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('5550142');
  });
});

describe('a value in other signs is named with the value that is meant', () => {
  test.each([
    ['["MESSAGE_DELIVERY"]', '{"MESSAGE_DELIVERY"}', 'write a list: ["MESSAGE_DELIVERY"]'],
    ['["MESSAGE_DELIVERY"]', '[MESSAGE_DELIVERY]', 'write "MESSAGE_DELIVERY"'],
    ['["SMS", "MMS", "RCS"]', '{"SMS", "RCS"}', 'write a list: ["SMS", "RCS"]'],
    ['["SMS", "MMS", "RCS"]', '"SMS", "RCS"', 'write the values as a list: ["SMS", "RCS"]'],
    ['["SMS", "MMS", "RCS"]', '"SMS, RCS"', 'write a list: ["SMS","RCS"]'],
    ['["SMS", "MMS", "RCS"]', '"SMS or RCS"', 'write a list: ["SMS","RCS"]'],
    ['["SMS", "MMS", "RCS"]', '["SMS and RCS"]', 'write ["SMS","RCS"] with "in"'],
    ['"title": "Slower"', '"title": "Slower".', 'remove it'],
    ['{ "app_id": "A",\n', '[ "app_id": "A",\n', 'write { instead of this ['],
    ['["app_id"]', '["app_id, channel"]', 'write a list, ["app_id","channel"]'],
    ['["app_id"]', '["app_id and channel"]', 'write a list, ["app_id","channel"]'],
    ['"at_least": 20', '"at_least": 20.5', 'like 20 or 21'],
    ['"at_least": 20', '"at_least": 0', 'write 1 or more'],
    ['"for": "1h"', '"for": 30', 'write it with its unit: "30s", "30m" or "30h"'],
    ['"for": "1h"', '"for": "0s"', 'the shortest is "1s"'],
    ['"title": "Slower"', '"title": "Slower: {{to}}"', 'write {{params.to}}'],
    ['"title": "Slower"', '"title": "Slower: {{param.to}}"', 'write {{params.to}}'],
    ['"title": "Slower"', '"title": "Slower: {{throttle.for}}"', 'write {{params.for}}'],
    ['"owner"', '"channel": "SMS", "owner"', 'in "when", write {"fact": "channel"'],
    ['"value": "FAILED"', '"value": "RATE_LIMITED"', 'write "fact": "reason_code"'],
    ['{ "attempt": 1 }', '{ "attempt": "none" }', 'or leave the fact out'],
    [
      '{ "action": "alert", "params": { "severity": "low", "title": "Slower" } }',
      '{ "alert": "Slower" }',
      'write {"action": "alert", "params": { … }}',
    ],
    ['"on": [', '"event": [', 'the list of triggers is called "on" here'],
    ['["MESSAGE_DELIVERY"]', '["DELIVERY"]', 'did you mean "MESSAGE_DELIVERY"?'],
    ['"operator": "equal", "value": "FAILED"', '"equal": "FAILED"', 'write "operator": "equal"'],
    ['"value": 90', '"value": [90]', 'write 90 without [ ]'],
    ['"to": "10/minute"', '"to": "100/day"', 'write "4/hour"'],
    ['{ "severity": "low", "title": "Slower" }', '"Slower"', 'write each parameter with its name'],
  ])('%s as %s', async (was, is, remedy) => {
    await expectRemedy('many-failed.json', was, is, remedy);
  });

  test.each([
    ['"at_least": 20', '"at_least": 1 000', 'write 1000'],
    ['"at_least": 20', '"at_least": "twenty"', 'write 20'],
    ['"at_least": 20', '"at_least": "20 callbacks"', 'write 20'],
    ['"share": 0.2', '"share": 1/5', 'write 0.2'],
    ['"share": 0.2', '"share": "20 percent"', 'write 0.2'],
    ['"for": "1h"', '"for": "1.5h"', 'write "90m"'],
    ['"for": "1h"', '"for": "half an hour"', 'write "30m"'],
    ['"for": "1h"', '"for": "00:05:00"', 'write "5m"'],
    ['"to": "10/minute"', '"to": "10 per 5 minutes"', 'write "2/minute"'],
    ['["SMS", "MMS", "RCS"]', '{ "SMS": true, "RCS": true }', 'write ["SMS","RCS"]'],
    ['["SMS", "MMS", "RCS"]', '[["SMS", "RCS"]]', 'write the values without inner brackets'],
    ['["app_id"]', '{ "fact": "app_id" }', 'write ["app_id"]'],
    ['["app_id"]', '[{ "fact": "app_id" }]', 'write "app_id"'],
    [
      '"fact": "status", "operator": "equal"',
      '"fact": "failure_reason", "operator": "equal"',
      '"reason_code"',
    ],
    ['"owner": "warehouse",', '"owner": "warehouse"; ', 'has a ","'],
  ])('%s as %s, in everyday words', async (was, is, remedy) => {
    await expectRemedy('many-failed.json', was, is, remedy);
  });

  test.each([
    ['"08:00"', '"8 o\'clock"', 'write "08:00"'],
    ['"16:00"', '"noon"', 'write "12:00"'],
    ['["mon"]', '"all"', 'leave "days" out'],
    ['{ "severity": "low" }, "schedule"', '"low", "schedule"', 'write {"severity": "low"}'],
  ])('%s as %s in alerts.json, in everyday words', async (was, is, remedy) => {
    await expectRemedy('alerts.json', was, is, remedy);
  });

  test.each([
    ['"for": "1h"', '"for": { "toString": null }'],
    ['"for": "1h"', '"for": [[]]'],
    ['"within": "10m"', '"within": { "valueOf": 1 }'],
    ['"value": 90', '"value": { "toString": 1 }'],
    ['{ "attempt": 1 }', '{ "attempt": { "toString": null } }'],
    ['["MESSAGE_DELIVERY"]', '{ "toString": null }'],
  ])('%s as %s, which is no text of any kind, is reported and throws nothing', async (was, is) => {
    const { said: lines, line } = await said('many-failed.json', was, is);
    expect(lines[0]).toMatch(`many-failed.json:${line} `);
  });

  test.each([
    ['"Europe/Stockholm"', '"Stockholm"', 'write "Europe/Stockholm"'],
    ['"Europe/Stockholm"', '"CEST"', 'the zone of a city'],
    ['"Europe/Stockholm"', '"GMT+2"', 'the zone of a city'],
    ['["mon"]', '["mon-wed"]', 'write "mon", "tue", "wed"'],
    ['["mon"]', '["weekend"]', 'write "sat", "sun"'],
    ['["mon"]', '[1, 2]', 'write "mon", "tue"'],
    ['"schedule": "day"', '"hours": "day"', '"hours" is called "schedule" here'],
    [
      '"schedule": "day"',
      '"schedule": { "from": "08:00", "to": "16:00", "timeZone": "UTC" }',
      'give these hours a name under "schedules"',
    ],
    ['"MESSAGE_DELIVERY"', '["MESSAGE_DELIVERY"]', 'write "MESSAGE_DELIVERY"'],
    ['"MESSAGE_DELIVERY"', '["MESSAGE_DELIVERY", "OPT_IN"]', 'write a heartbeat for each'],
  ])('%s as %s in alerts.json', async (was, is, remedy) => {
    await expectRemedy('alerts.json', was, is, remedy);
  });
});
