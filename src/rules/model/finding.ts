import * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { alike, causesOf, onlyLack } from './causes.ts';
import type { FindingCode } from './finding-codes.ts';
import { formatList } from './format.ts';
import { valueHint } from './names/engine-words.ts';
import { unknownKey } from './names/unknown-key.ts';
import { isAddress, objectHint, remedyOfAll, withoutAddresses } from './remedies.ts';
import { entriesAt, keysAt, knownValues, listsForObjects } from './schema-keys.ts';

/** An error or a warning about a rule file. */
export interface Finding {
  /** Relative to `rules/`. */
  readonly file: string;
  /** The position in the file's JSON: `['when', 'all', 0, 'fact']`. */
  readonly path: readonly (string | number)[];
  /** Kebab-case and stable: documentation and `--fix` depend on it. */
  readonly code: FindingCode;
  /** A rule with an error is left out. A warning has no effect. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /** The file whose finding is the cause of this one, if it is not the same file. */
  readonly causedBy?: string;
  /** The names of what is missing, if the message does not quote them. */
  readonly lacks?: readonly string[];
  /** What follows from it and goes away with it. */
  readonly consequences?: readonly Finding[];
}

type Path = Finding['path'];
type Words = {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly causedBy?: string | undefined;
};

/** Collects the findings of one file. */
export interface Report {
  readonly error: (path: Path, words: Words) => void;
  readonly warning: (path: Path, words: Words) => void;
  readonly broken: () => boolean;
}

/** Returns a report for one file that adds to `findings`. */
export function openReport(file: string, findings: Finding[]): Report {
  let broken = false;
  const note = (severity: Finding['severity'], path: Path, words: Words) => {
    const { code, message, hint, causedBy } = words;
    findings.push({
      file,
      path,
      code,
      severity,
      message: withoutAddresses(message),
      ...(hint !== undefined && { hint: withoutAddresses(hint) }),
      ...(causedBy !== undefined && { causedBy }),
    });
  };
  return {
    error(path, words) {
      broken = true;
      note('error', path, words);
    },
    warning: (path, words) => note('warning', path, words),
    broken: () => broken,
  };
}

/** Reports valibot's issues about a value of this schema, at the path `under`. */
export function reportIssues(
  report: Report,
  found: readonly v.BaseIssue<unknown>[],
  under: Path,
  schema: v.GenericSchema,
  written: unknown,
): void {
  const issues = causesOf(found);
  const places = issues.map(
    (issue) => (issue.path ?? []).map((item) => item.key as string | number), // JSON has no other keys
  );
  const typos = new Set<string>();
  const lacking = new Map<string, Lack[]>();
  const listed = new Set<string>();
  const notes = issues.map((issue, at): (() => void) => {
    const inner = places[at] ?? [];
    const path = [...under, ...inner];
    const key = inner.at(-1);
    const holder = inner.slice(0, -1);
    if (typeof key === 'string' && Array.isArray(valueAt(written, holder))) {
      // A schema of an object takes a list for one with the keys 0, 1, 2.
      const place = JSON.stringify(holder);
      if (listed.size === listed.add(place).size) return () => undefined;
      const where = [...under, ...holder].join('.');
      return () => report.error([...under, ...holder], listForObject(where));
    }
    if (issue.expected === 'never' && issue.kind === 'schema') {
      const keys = keysAt(schema, holder, written);
      const object = valueAt(written, holder);
      const { hint, meant } = unknownKey(String(key), keys, isRecord(object) ? object : {});
      if (meant !== undefined) typos.add(JSON.stringify([...holder, meant]));
      const lack =
        meant === undefined && !keys.includes('action') ? onlyLack(issues, holder) : undefined;
      if (lack !== undefined) typos.add(JSON.stringify([...holder, lack]));
      const remedy = lack === undefined ? hint : `"${lack}" is missing: write it instead`;
      return () =>
        report.error(path, { code: 'unknown-key', message: `unknown key "${key}"`, hint: remedy });
    }
    if (issue.received === 'undefined' && issue.kind === 'schema') {
      const parent = entriesAt(schema, holder, written);
      const entry = Object.hasOwn(parent, String(key)) ? parent[String(key)] : undefined;
      const means = entry && v.getDescription(entry as Parameters<typeof v.getDescription>[0]); // a schema of this project
      const object = JSON.stringify(holder);
      return () => {
        // A misspelt key is reported already.
        if (typos.has(JSON.stringify(inner))) return;
        const lacks = lacking.get(object) ?? [];
        lacks.push({ key: String(key), path, means, example: exampleOf(String(key), entry) });
        lacking.set(object, lacks);
      };
    }
    const where = inner.length > 0 ? `"${inner.join('.')}": ` : '';
    const isOfAction = inner.length === 3 && inner[0] === 'then';
    const rule = inner.length === 1 || isOfAction ? valueHint(String(key), issue.input) : undefined;
    const same = alike(issue, issues);
    if (same[0] !== issue) return () => undefined;
    const hint = rule ?? remedyOfAll(same) ?? objectHint(issue, entriesAt(schema, inner, written));
    const words = { code: 'bad-value', message: `${where}${formatIssue(issue)}`, hint } as const;
    return () => report.error(path, isSecret(issue) ? plainAddress(inner, issue.input) : words);
  });
  for (const note of notes) note();
  for (const lacks of lacking.values()) reportLacks(report, lacks);
}

/** The words about a list where an object belongs. */
const listForObject = (where: string) =>
  ({
    code: 'bad-value',
    message: `"${where}": expected an object: { … }, found a list`,
    hint: 'write { } with keys instead of [ ]',
  }) as const;

/** The value at a position of what was read. */
const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );

/** A required key that is missing. */
interface Lack {
  readonly key: string;
  readonly path: Path;
  /** What the key is for. */
  readonly means: string | undefined;
  readonly example: string;
}

/** Reports the required keys that one object lacks, in one finding. */
function reportLacks(report: Report, lacks: readonly Lack[]): void {
  const [first, ...more] = lacks;
  if (!first) return;
  const one = [`add ${first.example}`, first.means].filter(Boolean).join('. ');
  report.error(first.path, {
    code: 'missing-key',
    message: `${formatList(
      lacks.map(({ key }) => `"${key}"`),
      'and',
    )} ${more.length > 0 ? 'are' : 'is'} missing`,
    hint: more.length > 0 ? `add them: ${lacks.map(({ example }) => example).join(', ')}` : one,
  });
}

/** A key with a value that its schema takes, as far as that is known: `"severity": "critical", "high" or "low"`. */
function exampleOf(key: string, schema: v.GenericSchema | undefined): string {
  const values = knownValues(schema);
  const shown = values.filter((value) => typeof value === 'string').map((value) => `"${value}"`);
  return shown.length === 0 ? `"${key}"` : `"${key}": ${formatList(shown)}`;
}

/** Whether a text stands where only the name of a secret may. */
const isSecret = ({ expected, input, path }: v.BaseIssue<unknown>): boolean =>
  (path?.at(-1)?.key === 'secret' && isAddress(input)) ||
  (expected === 'Object' &&
    typeof input === 'string' &&
    (isAddress(input) || ['url', 'key'].includes(String(path?.at(-1)?.key))));

/** The name of a secret, written as if it were the address. */
const SECRET_NAME = /^DEST_[A-Z0-9_]+$/;

/** An address in a rule file: everyone who reads the repository could use it. The message never repeats it. */
function plainAddress(whole: Path, input: unknown): Words {
  const inner = whole.at(-1) === 'secret' ? whole.slice(0, -1) : whole;
  const [, name = 'ops'] = inner.map(String);
  const key = String(inner.at(-1));
  if (SECRET_NAME.test(String(input)))
    return {
      code: 'bad-value',
      message: `"${inner.join('.')}": the name of a secret stands here as if it were the address`,
      hint: `write {"secret": "${input}"}`,
    };
  const suffix = key === 'url' || key === 'to' ? '' : `_${key.toUpperCase()}`;
  const secret = `DEST_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}${suffix}`;
  return {
    code: 'plain-address',
    message: `"${inner.join('.')}": an address or key stands here in plain text, for everyone who reads the file`,
    hint: `write {"secret": "${secret}"} and store the address with \`npx wrangler secret put ${secret}\`; if the file was shared, replace the address`,
  };
}

/** Parses a file by its schema. Reports its issues and returns `undefined` if it does not match. */
export function readFile<const S extends v.StrictObjectSchema<v.ObjectEntries, undefined>>(
  report: Report,
  schema: S,
  source: unknown,
): v.InferOutput<S> | undefined {
  if (!isRecord(source)) {
    report.error([], { code: 'bad-value', ...noObject(source) });
    return undefined;
  }
  const read = v.safeParse(schema, source);
  if (read.success) {
    const listed = listsForObjects(schema, source);
    for (const path of listed) report.error(path, listForObject(path.join('.')));
    return listed.length === 0 ? read.output : undefined;
  }
  reportIssues(report, read.issues, [], schema, source);
  // valibot names the first unknown key only.
  const keys = Object.keys(schema.entries);
  for (const key of Object.keys(source)
    .filter((name) => !keys.includes(name))
    .slice(1))
    report.error([key], {
      code: 'unknown-key',
      message: `unknown key "${key}"`,
      hint: unknownKey(key, keys, source).hint,
    });
  return undefined;
}

/** What is wrong with a file that holds no object: most often several rules in a list. */
function noObject(source: unknown): Pick<Words, 'message' | 'hint'> {
  const message = `expected an object: { … }, found ${Array.isArray(source) ? 'a list' : 'a value'}`;
  return Array.isArray(source) && source.some(isRecord)
    ? { message, hint: 'one rule a file: write each { … } of the list into a file of its own name' }
    : Array.isArray(source)
      ? { message, hint: 'write {"name": …, "why": …, "values": [ … ]}' }
      : { message };
}

/** A valibot issue in plain words. */
export function formatIssue(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  if (issue.type === 'integer') return 'expected a whole number';
  if (issue.type === 'non_empty') return 'must not be empty';
  if (issue.type === 'iso_timestamp') return 'expected a time like "2027-01-31T18:00:00Z"';
  return issue.expected
    ? `expected ${wanted(issue.expected)}, found ${found(issue)}`
    : issue.message;
}

/** What valibot wants, said to people who know no types. */
const KINDS: Readonly<Record<string, string>> = {
  Array: 'a list: [ … ]',
  Object: 'an object: { … }',
  string: 'a text in double quotes',
  number: 'a number without quotes',
  boolean: 'true or false without quotes',
};

/** `("a" | Array)` as a sentence says it. */
const wanted = (expected: string): string =>
  formatList(
    expected
      .replace(/[()]/g, '')
      .split(' | ')
      .map((kind) => KINDS[kind] ?? kind.replace(/^>=/, 'at least ').replace(/^<=/, 'at most ')),
  );

const found = ({ input, received }: v.BaseIssue<unknown>): string =>
  Array.isArray(input)
    ? 'a list'
    : isRecord(input)
      ? 'an object'
      : input === undefined
        ? 'nothing'
        : received;
