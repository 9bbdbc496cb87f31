import { describe, expect, test } from 'vitest';
import { pretty, rules, stopRule } from './check-rules.ts';
import { folder, openShell } from './shell.ts';

describe('check', () => {
  test.each([
    [
      'mine/stop.json',
      'a rule lies directly in the rules folder, the rest in lists/, conditions/, guardrails/ or tests/',
    ],
    ['list/words.json', 'did you mean "lists"?'],
    [
      'lists/de/words.json',
      'a rule lies directly in the rules folder, the rest in lists/, conditions/, guardrails/ or tests/',
    ],
    ['Stop.JSON', 'call it "Stop.json"'],
    ['lists/words.json.txt', 'call it "words.json"'],
    ['stop-too', 'call it "stop-too.json"'],
    [
      'lists/words.csv',
      'write its values into "words.json": {"name": "words", "why": "…", "values": [ … ]}',
    ],
    ['stop.docx', 'write it as JSON, into "stop.json"'],
  ])('warns of %s, which nobody reads', async (file, hint) => {
    const files = {
      ...rules(pretty(stopRule)),
      [`rules/${file}`]: pretty(stopRule),
      'rules/.old/stop.json': '{',
    };
    const { run, out } = openShell({ home: folder(files) });
    expect(await run('check')).toBe(0);
    expect(out[0]).toBe(`rules/${file}:1:1 warning not-read this file is not read: ${hint}`);
    expect(out.at(-1)).toMatch(/: 0 errors, 1 warning$/);
  });

  test.each([
    ['rules/stop.yaml', 'name: stop\non: [MESSAGE_INBOUND]\nwhen:\n  fact: text\n', 1],
    ['rules/lists/words.txt', 'stop\nquit\n', 1],
    ['rules/notes.txt', 'When we stop, then why not tell the owner?\n', 0],
    ['rules/CODEOWNERS', '* @messaging\n', 0],
  ])('of %s it warns by what the file holds', async (file, text, warnings) => {
    const { run, out } = openShell({ home: folder({ ...rules(pretty(stopRule)), [file]: text }) });
    expect(await run('check')).toBe(0);
    expect(out).toHaveLength(warnings + 1);
  });
});
