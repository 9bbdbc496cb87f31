/** A minimal extension: what a developer writes to add one thing. */
export interface Extension {
  /** What is added. */
  readonly kind: string;
  /** Its name, by which a failure is reported. */
  readonly name: string;
  /** The new files: path → content. The first is the definition; the others are its fixtures. */
  readonly files: Readonly<Record<string, string>>;
  /** Its line in a list: in `file`, `entry` comes before `before`, and the definition is imported. */
  readonly line: {
    readonly file: string;
    readonly importing: string;
    readonly entry: string;
    readonly before: string;
  };
  /** The contract suites that run over the list. */
  readonly suites: readonly string[];
}

const callback = (payload: object) => ({
  app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
  accepted_time: '2026-11-20T09:12:06.412Z',
  project_id: '5c2f7d1e-8a43-4b0f-9e61-2d7c90b4a1f3',
  parcel_notification: payload,
});
const scanned = callback({ parcel_id: '01JDF9F71GSMT0SS5HS59ECRKQ', station: 'Malmo' });
const unscanned = callback({ parcel_id: '01JDF9F71GSMT0SS5HS59ECRKR' });

/** To add a kind: an entry here. It must stay one definition and one line. */
export const extensions: readonly Extension[] = [
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
    kind: 'setting',
    name: 'PARCEL_LIMIT',
    files: {
      'src/settings/parcel-limit.ts': `import { defineSetting } from './define-setting.ts';
import { Share } from './values.ts';

export const parcelLimit = defineSetting({
  name: 'PARCEL_LIMIT',
  secret: false,
  default: '0.5',
  summary: 'Share of parcels that are looked at.',
  schema: Share,
});
`,
    },
    line: {
      file: 'src/settings/index.ts',
      importing: "import { parcelLimit } from './parcel-limit.ts';",
      entry: '  parcelLimit,',
      before: '] as const;',
    },
    suites: ['test/settings'],
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
    when: { all: [{ fact: 'parcel_station', operator: 'equal', value: 'Malmo' }] },
    then: [{ action: 'ignore', params: { because: 'It is on its way.' } }],
    examples: [
      { name: 'Malmo', callback: scanned, fires: true },
      { name: 'no station', callback: unscanned, fires: false },
    ],
  }),
};
