import type { Extension } from './extension.ts';

const callback = (payload: object) => ({
  app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
  accepted_time: '2026-11-20T09:12:06.412Z',
  project_id: '5c2f7d1e-8a43-4b0f-9e61-2d7c90b4a1f3',
  parcel_notification: payload,
});
const scanned = callback({ parcel_id: '01JDF9F71GSMT0SS5HS59ECRKQ', station: 'Malmo' });
const unscanned = callback({ parcel_id: '01JDF9F71GSMT0SS5HS59ECRKR' });
const elsewhere = callback({ parcel_id: '01JDF9F71GSMT0SS5HS59ECRKS', station: 'Lund' });

/** What rules are made of. */
export const ruleExtensions: readonly Extension[] = [
  {
    kind: 'trigger',
    name: 'PARCEL_SCANNED',
    files: {
      'src/callbacks/triggers/parcel-scanned.ts': `import * as v from 'valibot';
import { fact } from '../facts/fact.ts';
import { Text } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** A parcel was scanned. */
export const ParcelScanned = v.looseObject({ parcel_id: Text, station: Text });
export type ParcelScanned = v.InferOutput<typeof ParcelScanned>;

export const parcelScanned = defineTrigger<ParcelScanned>({
  name: 'PARCEL_SCANNED',
  noun: 'scanned parcel',
  description: 'A parcel was scanned.',
  keys: ['parcel_notification'],
  subjectFacts: [],
  always: ['parcel_id'],
  schema: ParcelScanned,
  identity: ({ parcel_id, station }) => [parcel_id, station],
  subject: () => ({}),
  facts: {
    parcel_id: fact.text('parcel', 'The id of the parcel.', { personal: false }, ({ parcel_id }) => parcel_id),
    parcel_station: fact.text('station', 'Where it was scanned.', { personal: false }, ({ station }) => station),
  },
});
`,
      'src/samples/callbacks/parcel-scanned.json': JSON.stringify(scanned),
      'src/samples/callbacks/parcel-scanned-reference.json': JSON.stringify(unscanned),
    },
    line: {
      file: 'src/callbacks/triggers/index.ts',
      importing: "import { parcelScanned } from './parcel-scanned.ts';",
      entry: '  parcelScanned,',
      before: '];',
    },
    suites: ['test/callbacks', 'test/journal/redact.test.ts', 'test/rules/model/facts.test.ts'],
  },
  {
    kind: 'fact',
    name: 'first_word',
    files: {
      'src/callbacks/facts/first-word.ts': `import { fact } from './fact.ts';

export const firstWord = fact.text(
  'first word',
  'The first word of the message.',
  { personal: true },
  (message: { readonly contact_message?: { readonly text_message?: { readonly text?: string | undefined } | undefined } | undefined }) =>
    message.contact_message?.text_message?.text?.split(' ')[0],
);
`,
    },
    line: {
      file: 'src/callbacks/shapes/inbound-message.ts',
      importing: "import { firstWord } from '../facts/first-word.ts';",
      entry: '  first_word: firstWord,',
      before: '  text: messageText(',
    },
    suites: ['test/callbacks', 'test/journal/redact.test.ts', 'test/rules/model/facts.test.ts'],
  },
  {
    kind: 'operator',
    name: 'endsWithDigit',
    files: {
      'src/rules/operators/ends-with-digit.ts': `import * as v from 'valibot';
import { is, pair } from './operator.ts';

export const endsWithDigit = pair({
  description: 'A text whose last character is this digit.',
  positive: { name: 'endsWithDigit', ...is((value) => value) },
  negative: {
    name: 'endsWithNoDigit',
    summary: (value) => \`does not end with \${value}\`,
    expected: (value) => \`no \${value} at the end\`,
  },
  values: { text: v.pipe(v.number(), v.integer()) },
  accepts: (value) => typeof value === 'string',
  prepare: String,
  test: (value, digit) => typeof value === 'string' && value.endsWith(digit),
});
`,
    },
    line: {
      file: 'src/rules/operators/index.ts',
      importing: "import { endsWithDigit } from './ends-with-digit.ts';",
      entry: '  ...endsWithDigit,',
      before: '];',
    },
    suites: ['test/rules/operators/operators.test.ts'],
  },
  {
    kind: 'action',
    name: 'note_parcel',
    files: {
      'src/actions/note-parcel.ts': `import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { defineAction } from './action.ts';

export const noteParcel = defineAction({
  name: 'note_parcel',
  kind: 'effect',
  description: 'Notes a parcel.',
  params: v.strictObject({
    shelf: described('Where it lies.', v.pipe(v.string(), v.nonEmpty())),
  }),
  summary: ({ shelf }) => \`note the parcel on \${shelf}\`,
  holdable: true,
  budget: { count: 100, within: '1h', over: 'hold' },
  deliver: async ({ shelf }) => ({ did: \`noted on \${shelf}\` }),
});
`,
      'test/worker/actions/trials/note-parcel.ts': `import { rating } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: rating('RED'),
  params: { shelf: 'A1' },
  did: async (box) => (await box.arrivals()).length,
  once: 0,
};
`,
    },
    line: {
      file: 'src/actions/index.ts',
      importing: "import { noteParcel } from './note-parcel.ts';",
      entry: '  noteParcel,',
      before: '];',
    },
    suites: ['test/actions/attributes.test.ts', 'test/worker/actions/every-action.test.ts'],
  },
];

/** A rule that uses what is added, so that \`check\`, examples and documentation see it. */
export const rules: Readonly<Record<string, string>> = {
  'rules/parcel-scanned.json': JSON.stringify({
    $schema: './rule.schema.json',
    name: 'parcel-scanned',
    why: 'A parcel must not be lost.',
    owner: 'messaging-ops',
    on: ['PARCEL_SCANNED'],
    when: {
      all: [
        { fact: 'parcel_station', operator: 'equal', value: 'Malmo' },
        { fact: 'parcel_station', operator: 'endsWithNoDigit', value: 5 },
      ],
    },
    then: [{ action: 'note_parcel', params: { shelf: 'A1' } }],
    examples: [
      { name: 'Malmo', callback: scanned, fires: true },
      { name: 'Lund', callback: elsewhere, fires: false },
      { name: 'no station', callback: unscanned, fires: false },
    ],
  }),
};
