import { describe, expect, test } from 'vitest';
import { checkMistake, type Mistake, mistakes } from './mistake-folders.ts';

/** What the finding of a mistake says: its code, and words of its message and remedy. By the number of the folder. */
const SAYS: Readonly<Record<string, readonly [code: string, words: RegExp]>> = {
  m01: ['not-json', /trailing comma/],
  m03: ['not-json', /printed quote.*straight/],
  m05: ['not-json', /not UTF-8.*save the file again/],
  m07: ['not-json', /double quotes/],
  m09: ['not-json', /no closing quote/],
  m10: ['not-json', /second rule.*one rule a file/],
  m11: ['bad-value', /a list.*one rule a file/],
  m14: ['file-name', /new name/],
  m16: ['mixed-group', /"all" and "any".*nest/],
  m19: ['bad-value', /write \["MESSAGE_INBOUND"\]/],
  m21: ['duplicate-key', /"fact" stands here twice/],
  m22: ['unknown-key', /write "mode": "shadow"/],
  m24: ['unknown-operator', /did you mean "equal"/],
  m26: ['unknown-operator', /did you mean "greaterThanInclusive"/],
  m28: ['value-does-not-suit', /write 3 without quotes/],
  m30: ['value-does-not-suit', /list of texts/],
  m32: ['operator-does-not-suit', /use "containsWord"/],
  m35: ['wrong-case', /write "WHATSAPP"/],
  m37: ['not-folded', /write "STOP"/],
  m40: ['unknown-trigger', /did you mean "MESSAGE_INBOUND"/],
  m42: ['fact-not-carried', /comes with MESSAGE_DELIVERY/],
  m44: ['unknown-fact', /reason_code|"payload" with a "path"/],
  m46: ['value-does-not-suit', /did you mean "Europe\/Stockholm"/],
  m48: ['value-does-not-suit', /write "09:00"/],
  m50: ['missing-key', /add "timeZone"/],
  m52: ['never-fires', /is FAILED” and “.*is DELIVERED” exclude each other/],
  m53: ['always-true', /write "all" instead of "any"/],
  m56: ['often-missing', /"reason_code" is missing unless/],
  m57: ['shadowed', /stops evaluation.*remove "stop"/],
  m59: ['value-does-not-suit', /missing closing \)/],
  m61: ['never-matches', /write "\^STOP"/],
  m63: ['share-excludes', /remove from "among"/],
  m64: ['feeds-itself', /add a condition/],
  m66: ['unknown-list', /did you mean "stop-words-en"/],
  m70: ['several-in-one', /write \["lawyer","attorney","sue"\]/],
  m71: ['repeated-value', /remove it/],
  m73: ['bad-value', /write "7d"/],
  m75: ['bad-value', /write "10\/minute"/],
  m77: ['bad-value', /write 0\.05/],
  m79: ['bad-value', /1 day at most/],
  m82: ['group-too-small', /no group reaches 20/],
  m83: ['cooldown-alone', /threshold/],
  m85: ['unknown-fact', /comes with a threshold/],
  m86: ['bad-value', /write \{"count": 50, "within": "1h"\}/],
  m88: ['bad-value', /write "marketing"/],
  m91: ['unknown-fact', /did you mean "app_id"/],
  m93: ['single-braces', /write \{\{app_id\}\}/],
  m94: ['template-may-be-empty', /\{\{metadata\|unknown\}\}/],
  m97: ['matches-nothing', /did you mean "support"/],
  m99: ['matches-nothing', /no rule has the label/],
  m100: ['never-reached', /move it before "all"/],
  m103: ['bad-value', /DEST_/],
  m104: ['bad-value', /"slack"/],
  m108: ['example-failed', /should fire and does not/],
  m110: ['unknown-key', /did you mean "message"/],
  m113: ['bad-value', /write false/],
  m115: ['bad-value', /write "2027-01-31T00:00:00Z"/],
  m117: ['expired', /remove the rule/],
  m119: ['bad-value', /1 to 1000/],
  m120: ['unknown-rule', /did you mean "whatsapp-quality-yellow"/],
  m122: ['unknown-condition', /did you mean "from-the-person"/],
  m124: ['unknown-destination', /known are "ops" and "forward"/],
  m126: ['bad-value', /write "1h"/],
  m127: ['unknown-path', /did you mean "message\.contact_message\.text_message\.text"/],
};

/** Lines that differ from the collector's: each was found by a search that met the same word elsewhere. */
const LINES: Readonly<Record<string, readonly [file: string, line: number]>> = {
  // The rule that stops the others is the cause; the collector's line is among its consequences.
  m57: ['all-failures.json', 57],
  // "message_id" stands in an example first.
  m82: ['sms-failed.json', 69],
};
/** The word is in a shipped list by now, so nothing is wrong. */
const NO_MISTAKE: readonly string[] = ['m129'];
/** A value that Sinch may add is a warning, and allowed. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = { v141: ['unseen-value'] };

const found = mistakes();
if (found.length === 0) console.log('no ../shared/mistakes: collected mistakes are not checked');
const numberOf = ({ name }: Mistake): string => name.split('-')[0] ?? '';

describe.skipIf(found.length === 0)('of what people write', () => {
  const wrong = found.filter(
    (one) => one.kind === 'mistake' && !NO_MISTAKE.includes(numberOf(one)),
  );

  test.each(wrong)('$name is reported once, at its line, with its remedy', async (mistake) => {
    const number = numberOf(mistake);
    const findings = await checkMistake(mistake);
    const [file, line] = LINES[number] ?? [mistake.file, mistake.line];
    const [code, words] = SAYS[number] ?? ['', /./];
    const said = findings.map((one) => ({ ...one, said: `${one.message}: ${one.hint ?? ''}` }));
    expect(said).toContainEqual(
      expect.objectContaining({
        code,
        ...(file !== null && { file }),
        ...(line !== null && { line }),
        said: expect.stringMatching(words),
      }),
    );
    // One cause, one finding. A copied file has two mistakes.
    expect(findings).toHaveLength(number === 'm14' ? 2 : 1);
  });

  test.each(
    found.filter(({ kind }) => kind === 'valid'),
  )('$name causes no finding', async (mistake) => {
    const codes = (await checkMistake(mistake)).map(({ code }) => code);
    expect(codes).toEqual(ALLOWED[numberOf(mistake)] ?? []);
  });
});
