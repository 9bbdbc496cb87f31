import { distance } from 'fastest-levenshtein';
import type { KnownFields } from '../../../callbacks/known-fields.ts';
import { isRecord } from '../../../callbacks/shapes/parts.ts';
import { triggers } from '../../../callbacks/triggers/index.ts';
import { nearestName } from '../../model/closest.ts';
import { factEntry } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { meantTime } from '../../model/meant-values.ts';
import { givenFault } from '../../prove/given.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';

/** The keys of every callback beside its payload. Source: Sinch specification, CallbackEventCommon. */
const ENVELOPE: readonly string[] = [
  'app_id',
  'project_id',
  'projectId',
  'accepted_time',
  'event_time',
  'message_metadata',
  'correlation_id',
  'is_test_event',
  'event',
];
/** Those that hold a time. */
const TIMES: readonly string[] = ['event_time', 'accepted_time'];
const PAYLOADS: readonly string[] = triggers.flatMap(({ keys }) => keys);

/** Reports keys of examples, guardrails and stories that are probably misspelt, and facts under "given" that the callback itself carries. */
export function exampleKeys({ source, rulebook }: AnalysisContext): readonly Finding[] {
  return [...inExamples(rulebook), ...inGuardrails(source), ...inStories(source)];
}

const inStories = ({ stories = {} }: AnalysisContext['source']): readonly Finding[] =>
  Object.entries(stories).flatMap(([file, story]) =>
    isRecord(story) && Array.isArray(story.steps)
      ? story.steps.flatMap((step, at) =>
          isRecord(step) ? inCallback(file, step.callback, ['steps', at, 'callback']) : [],
        )
      : [],
  );

const inGuardrails = ({ guardrails = {} }: AnalysisContext['source']): readonly Finding[] =>
  Object.entries(guardrails).flatMap(([file, guardrail]) => {
    if (!isRecord(guardrail)) return [];
    const several = Array.isArray(guardrail.callbacks) ? guardrail.callbacks : [];
    return [
      ...inCallback(file, guardrail.callback, ['callback']),
      ...several.flatMap((callback, at) => inCallback(file, callback, ['callbacks', at])),
    ];
  });

function inExamples({ rules }: AnalysisContext['rulebook']): readonly Finding[] {
  return rules.flatMap(({ file, examples }) =>
    examples.flatMap(({ callback, before = [], given = {} }, at) => {
      const under = ['examples', at];
      return [
        ...inCallback(file, callback, [...under, 'callback']),
        ...before.flatMap((earlier, place) =>
          inCallback(file, earlier.callback, [...under, 'before', place, 'callback']),
        ),
        ...Object.entries(given).flatMap(([name, value]) =>
          inGiven(file, name, value, [...under, 'given', name]),
        ),
      ];
    }),
  );
}

function inGiven(
  file: string,
  name: string,
  value: unknown,
  path: Finding['path'],
): readonly Finding[] {
  const wrong = givenFault(name, value);
  if (wrong)
    return [{ ...warning(file, path, wrong.code, wrong.message, wrong.hint), severity: 'error' }];
  if (factEntry(name)?.recalled) return [];
  return [
    warning(
      file,
      path,
      'given-not-stored',
      `"${name}" comes from the callback, so the example proves nothing about Sinch’s field`,
      'write the value into the callback, and remove it here',
    ),
  ];
}

function inCallback(file: string, body: unknown, path: Finding['path']): readonly Finding[] {
  if (!isRecord(body)) return [];
  const payloads = Object.keys(body).filter((key) => PAYLOADS.includes(key) && isRecord(body[key]));
  // The bodies of other APIs, like the SMS API, have no payload key.
  const objects = Object.fromEntries(Object.entries(body).filter(([, value]) => isRecord(value)));
  if (payloads.length === 0) return misspelt(file, objects, PAYLOADS, path);
  return [
    ...misspelt(file, body, [...PAYLOADS, ...ENVELOPE], path),
    ...TIMES.flatMap((key) => timeFault(file, body[key], [...path, key])),
    ...payloads.flatMap((key) => {
      const owners = triggers.filter(({ keys }) => keys.includes(key));
      // The SMS API's own bodies are translated before they are read.
      if (owners.some(({ api }) => api !== 'conversation')) return [];
      return inFields(file, body[key], owners.map(withInnerPayload), [...path, key]);
    }),
  ];
}

const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));

/** Times of a callback that no clock writes, so that the callback counts as one without a time. */
function timeFault(file: string, value: unknown, path: Finding['path']): readonly Finding[] {
  if (typeof value !== 'string' || value === '' || isTime(value)) return [];
  const meant = meantTime(value) ?? '2026-11-02T09:15:00Z';
  const message = `"${path.at(-1)}": Sinch writes no time like "${value}"`;
  return [warning(file, path, 'bad-value', message, `write "${meant}"`)];
}

/** The fields of a payload; one of several keys may lie within another: `channel_event_notification.channel_event`. */
const withInnerPayload = ({ keys, fields }: (typeof triggers)[number]): KnownFields => {
  const inner = keys.length > 1 ? keys.map((key) => [key, fields] as const) : [];
  return { ...fields, fields: new Map([...fields.fields, ...inner]) };
};

/** The fields of an object, by every trigger that may own it: one that knows a field is enough. */
function inFields(
  file: string,
  value: unknown,
  known: readonly KnownFields[],
  path: Finding['path'],
): readonly Finding[] {
  if (Array.isArray(value))
    return value.flatMap((item, at) => inFields(file, item, known, [...path, at]));
  if (!isRecord(value) || known.length === 0) return [];
  const names = known.flatMap(({ fields }) => [...fields.keys()]);
  return [
    // An open object has keys of its own, and one that is a letter off a known one is a slip there too.
    ...(known.some(({ open }) => open)
      ? misspelt(file, value, names, path, isSlip)
      : misspelt(file, value, names, path)),
    ...Object.entries(value).flatMap(([key, inner]) => {
      const fields = known.flatMap((one) => one.fields.get(key) ?? []);
      return inFields(file, inner, fields, [...path, key]);
    }),
  ];
}

/** Whether a misspelt key differs from the known one in one letter. */
const isSlip = (key: string, meant: string): boolean =>
  key.length > SHORT && distance(key, meant) === 1;
/** Keys of so many letters may be one letter apart and mean different things. */
const SHORT = 5;

/** Keys that are not known, while a similar one is and is missing. Any other unknown key may be new at Sinch. */
const misspelt = (
  file: string,
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: Finding['path'],
  isMeant: (key: string, meant: string) => boolean = () => true,
): readonly Finding[] =>
  Object.keys(value).flatMap((key) => {
    const meant = known.includes(key) ? undefined : nearestName(key, known);
    if (meant === undefined || Object.hasOwn(value, meant) || !isMeant(key, meant)) return [];
    return [
      warning(
        file,
        [...path, key],
        'unknown-key',
        `Sinch sends no field "${key}" here`,
        `did you mean "${meant}"?`,
      ),
    ];
  });
