import type { Extension } from './extension.ts';

/** What people and systems use: settings, destinations, the API, the command line. */
export const interfaceExtensions: readonly Extension[] = [
  {
    kind: 'destination',
    name: 'parcel-desk',
    files: {
      'src/alerts/destinations/parcel-desk.ts': `import { defineDestination, json, Secret } from './destination.ts';
import { linesOf, partsOf } from './parts.ts';

export const parcelDesk = defineDestination({
  type: 'parcel-desk',
  description: 'The parcel desk, as plain lines.',
  transport: 'http',
  incidents: false,
  entries: { url: Secret },
  secrets: ({ url }) => [url],
  request(message, { url }, reveal) {
    const lines = linesOf(partsOf(message));
    return json(reveal(url), { id: message.id, test: message.test, state: message.state, lines, facts: message.facts }, lines);
  },
});
`,
      'test/alerts/destinations/trials/parcel-desk.ts': `import type { Trial } from '../trials.ts';

export const trial: Trial = { config: { url: { secret: 'DEST_HOOK' } }, kind: 'alert' };
`,
    },
    line: {
      file: 'src/alerts/destinations/index.ts',
      importing: "import { parcelDesk } from './parcel-desk.ts';",
      entry: '  parcelDesk,',
      before: '];',
    },
    suites: ['test/alerts/destinations'],
  },
  {
    kind: 'operation',
    name: '/v1/parcels',
    files: {
      'src/api/delivery/parcels.ts': `import * as v from 'valibot';
import { defineOperation } from '../operation.ts';

export const listParcels = defineOperation({
  name: 'listParcels',
  method: 'get',
  path: '/v1/parcels',
  role: 'read',
  summary: 'List parcels',
  query: { station: v.optional(v.string()) },
  responses: {
    200: { description: 'Parcels.', content: v.object({ parcels: v.array(v.string()) }) },
  },
});

export const operations = [listParcels] as const;
`,
    },
    line: {
      file: 'src/api/index.ts',
      importing: "import { operations as parcels } from './delivery/parcels.ts';",
      entry: "  Parcels: { about: 'Parcels.', operations: parcels },",
      before: '} as const;',
    },
    suites: ['test/cli/openapi.test.ts'],
  },
  {
    kind: 'route',
    name: '/v1/parcels',
    files: {
      'src/routes/delivery/parcels.ts': `import { listParcels } from '../../api/delivery/parcels.ts';
import { route } from '../route.ts';

export const parcelRoutes = [
  route(listParcels, (c) => c.json({ parcels: [c.req.valid('query').station ?? 'none'] }, 200)),
];
`,
    },
    line: {
      file: 'src/routes/index.ts',
      importing: "import { parcelRoutes } from './delivery/parcels.ts';",
      entry: '  ...parcelRoutes,',
      before: '];',
    },
    suites: ['test/worker/openapi.test.ts'],
  },
  {
    kind: 'command',
    name: 'parcels',
    files: {
      'src/cli/commands/parcels.ts': `import * as v from 'valibot';
import { defineCommand } from '../command.ts';

export const parcels = defineCommand({
  usage: 'parcels',
  description: 'Print the number of parcels.',
  examples: ['parcels'],
  failsIf: 'there are none',
  options: [],
  input: v.object({}),
  async run(_, shell) {
    shell.out('0 parcels');
    return 1;
  },
});
`,
    },
    line: {
      file: 'src/cli/commands/index.ts',
      importing: "import { parcels } from './parcels.ts';",
      entry: '  parcels,',
      before: '];',
    },
    suites: ['test/cli/cli.test.ts'],
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
