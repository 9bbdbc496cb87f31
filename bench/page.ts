import type { Contest } from './decide/contest.ts';
import { figure, megabytes, ratioWords } from './decide/table.ts';
import type { GrowthRow } from './growth/measured.ts';
import { machineLine } from './machine.ts';
import { mutationTables } from './mutation/section.ts';
import type { Results } from './results.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** `bench/results.md`. */
export function pageOf(results: Results): string {
  const parts = [
    '# Results',
    'Written by the benchmarks themselves. What they measure, and how, is in [README.md](README.md).',
  ];
  if (results.decide) parts.push(...decidePart(results.decide));
  if (results.growth) parts.push(...growthPart(results.growth));
  // Results of an earlier form have no such rows.
  if (results.worker?.rows.every(({ ofPromising }) => ofPromising !== undefined))
    parts.push(...workerPart(results.worker));
  if (results.load) parts.push(...loadPart(results.load));
  if (results.startup) parts.push(...startupPart(results.startup));
  if (results.state) parts.push(...statePart(results.state));
  if (results.scale) parts.push(...scalePart(results.scale));
  if (results.queries) parts.push(...queriesPart(results.queries));
  if (results.cost) parts.push(...costPart(results.cost));
  if (results.mutation) parts.push(...mutationPart(results.mutation));
  return `${parts.join('\n\n')}\n`;
}

function decidePart({ machine, contests }: Required<Results>['decide']): readonly string[] {
  const regimes = [...new Set(contests.map(({ regime }) => regime))];
  return [
    '## Deciding a callback',
    `\`npm run bench\`: ${machineLine(machine)}.`,
    'Microseconds a callback, and how many times as fast as json-rules-engine with a path resolver. The engines agreed on every callback.',
    '![Microseconds a callback over the number of rules](results/decide.svg)',
    ...regimes.flatMap((regime) => {
      const own = contests.filter((contest) => contest.regime === regime);
      return [`### ${regime}`, enginesTable(own), rulebookTable(own)];
    }),
  ];
}

function enginesTable(contests: readonly Contest[]): string {
  const engines = [...new Set(contests.flatMap(({ rows }) => rows.map(({ engine }) => engine)))];
  return table(
    ['engine', ...contests.map(({ n }) => `${n.toLocaleString('en-US')} rules`)],
    engines.map((engine) => [
      engine === 'signalbox' ? '**signalbox**' : engine,
      ...contests.map(({ rows }) => {
        const row = rows.find((found) => found.engine === engine);
        if (!row) return '–';
        const hand = row.toClosures === undefined ? '' : `, ${figure(row.toClosures)} of closures`;
        return `${figure(row.us)} µs (${ratioWords(row.ratio)}${hand})`;
      }),
    ]),
  );
}

const rulebookTable = (contests: readonly Contest[]): string =>
  table(
    ['signalbox, a callback', ...contests.map(({ n }) => `${n.toLocaleString('en-US')} rules`)],
    [
      [
        'rules that the index and the pre-check leave',
        ...contests.map(({ candidates }) => figure(candidates)),
      ],
      ['rules that fire', ...contests.map(({ fired }) => figure(fired))],
      [
        'signature, JSON and schema (the floor)',
        ...contests.map(({ floor }) => `${figure(floor)} µs`),
      ],
      [
        'JSON and schema',
        ...contests.map(({ reading }) => (reading === undefined ? '–' : `${figure(reading)} µs`)),
      ],
      [
        'deciding, of the floor',
        ...contests.map(({ rows, floor }) => `${figure(ownOf(rows) / floor)}×`),
      ],
      ['compiling the rules', ...contests.map(({ compileMs }) => `${figure(compileMs)} ms`)],
      [
        'indexing them, at each trigger’s first callback',
        ...contests.map(({ indexMs }) => (indexMs === undefined ? '–' : `${figure(indexMs)} ms`)),
      ],
      ['memory they take', ...contests.map(({ compileMb }) => megabytes(compileMb))],
    ],
  );

const ownOf = (rows: Contest['rows']): number =>
  rows.find(({ engine }) => engine === 'signalbox')?.us ?? Number.NaN;

const growthPart = ({ machine, growth }: Required<Results>['growth']): readonly string[] => [
  '## Growth',
  `\`npm run bench:growth\`: ${machineLine(machine)}.`,
  `\`signalbox replay\` of ${whole(growth.callbacks)} callbacks about ${whole(growth.people)} people through ${whole(growth.rules)} rules, in a process whose heap may hold ${growth.heapLimitMb} MB. ${whole(growth.fired)} callbacks fired a rule.`,
  growthTable(growth.rows),
  ...(growth.backtest
    ? [
        `\`signalbox backtest\` of the same callbacks by the same rules and by rules with every tenth turned off, which differ for ${whole(growth.backtest.changed)} of them.`,
        growthTable(growth.backtest.rows),
      ]
    : []),
];

const growthTable = (rows: readonly GrowthRow[]): string =>
  table(
    ['done', 'callbacks', 'heap after a full collection', 'resident memory', 'callbacks/s'],
    rows.map(({ part, callbacks, heapMb, rssMb, perSecond }) => [
      `${Math.round(part * 100)} %`,
      whole(callbacks),
      `${figure(heapMb)} MB`,
      `${figure(rssMb)} MB`,
      figure(perSecond),
    ]),
  );

const whole = (number: number): string => number.toLocaleString('en-US');

const workerPart = ({ machine, rows }: Required<Results>['worker']): readonly string[] => [
  '## The whole way, in workerd',
  `\`npm run bench:worker\`: ${machineLine(machine)}.`,
  'Requests a second by autocannon from another process, with the shipped rules, `JOURNAL=all` and the consumers of the queues running in the same process, in turns with two bare Hono Workers: one verifies the signature, parses and answers 200; one also makes the same promises, one row of an object and one message on a queue. “mix” is the weighted mean of what 100 sends bring.',
  table(
    ['load', 'part', 'a second', 'p50', 'p99', 'of the same promises', 'of the bare Worker'],
    rows.map(({ load, share, perSecond, p50, p99, ofBare, ofPromising }) => [
      load === 'mix' ? '**mix**' : load,
      share === 0 ? '–' : `${(100 * share).toFixed(1)} %`,
      figure(perSecond),
      `${figure(p50)} ms`,
      `${figure(p99)} ms`,
      ofPromising.toFixed(2),
      ofBare?.toFixed(2) ?? '–',
    ]),
  ),
];

const loadPart = ({ machine, load }: Required<Results>['load']): readonly string[] => [
  '## Minutes of load',
  `\`npm run bench:load\`: ${machineLine(machine)}.`,
  `The mix of callbacks for ${load.seconds} s over ${load.connections} connections, each callback once, with \`JOURNAL=all\` and the consumers of the queues in the same process; medians of turns of ten seconds. Memory is that of workerd in the last third of the turns, of that in the first third.`,
  table(
    ['callbacks', 'a second', 'p50', 'p99', 'memory', 'queues empty after'],
    [
      [
        whole(load.sent),
        figure(load.perSecond),
        `${figure(load.p50)} ms`,
        `${figure(load.p99)} ms`,
        `${load.memory.toFixed(2)}×`,
        load.drainedMs === undefined
          ? 'not within ten minutes'
          : `${figure(load.drainedMs / 1_000)} s`,
      ],
    ],
  ),
];

const startupPart = ({ machine, startup }: Required<Results>['startup']): readonly string[] => [
  '## Start-up',
  `\`npm run bench:startup\`: ${machineLine(machine)}.`,
  `The profile that \`wrangler check startup\` takes of a starting Worker, median of seven, in turns with the bare Hono Worker: ${startup.ratio.toFixed(2)} times as long. The profile includes the time that workerd takes for any Worker.`,
  table(
    ['Worker', 'bundle, gzip', 'start-up'],
    startup.rows.map(({ name, kilobytes, ms }) => [
      name,
      `${figure(kilobytes)} KB`,
      `${figure(ms)} ms`,
    ]),
  ),
];

const statePart = ({ machine, rows }: Required<Results>['state']): readonly string[] => [
  '## State',
  `\`npm run bench:state\`: ${machineLine(machine)}. Local Durable Objects: their disk is this machine’s, and no network lies between.`,
  table(
    ['what', 'p50', 'p99', ''],
    rows.map(({ what, p50, p99, note }) => [
      what,
      `${figure(p50)} ms`,
      `${figure(p99)} ms`,
      note ?? '',
    ]),
  ),
];

const scalePart = ({ scale }: Required<Results>['scale']): readonly string[] => [
  '## Scale',
  `\`npm run bench:scale\`: a model of the platform, ${whole(scale.perSecond)} callbacks of the mix a second for ${whole(scale.seconds)} s of its own time, ${whole(scale.callbacks)} together. Service times are in \`bench/scale/profile.ts\`.`,
  table(
    [
      'server',
      'how many',
      'calls a second to the busiest',
      'its worst second',
      'busy',
      'longest wait',
    ],
    scale.objects.map(({ name, objects, perSecond, mostInSecond, busy, longestWaitMs }) => [
      name,
      whole(objects),
      figure(perSecond),
      whole(mostInSecond),
      `${Math.round(100 * busy)} %`,
      `${longestWaitMs} ms`,
    ]),
  ),
  table(
    ['queue', 'messages that wait, after each quarter', 'at most'],
    scale.queues.map(({ name, waiting, most }) => [
      name,
      waiting.map(whole).join(', '),
      whole(most),
    ]),
  ),
];

const costPart = ({ machine, cost }: Required<Results>['cost']): readonly string[] => [
  '## Cost',
  `\`npm run bench:cost\`: ${machineLine(machine)}. A million callbacks of the mix more cost $${cost.perMillion.all} with \`JOURNAL=all\`, $${cost.perMillion.acted} with \`acted\`, $${cost.perMillion.off} without a journal, and $${cost.perMillion.bare} at a bare Worker. [docs/operators.md](../docs/operators.md#cost) has the parts, the months and the prices.`,
  table(
    ['kind', 'what one callback uses'],
    cost.byKind.map(({ kind, uses }) => [
      kind,
      Object.entries(uses)
        .map(([unit, n]) => `${unit} ${n}`)
        .join(', '),
    ]),
  ),
];

const queriesPart = ({ machine, queries }: Required<Results>['queries']): readonly string[] => [
  '## Queries of the journal',
  `\`npm run bench:queries\`: ${machineLine(machine)}. ${whole(queries.rows)} entries of 14 days in a local D1; milliseconds of SQL; the whole answer, and the CPU time of the runtime with its databases.`,
  table(
    [
      'question',
      'SQL, ms',
      'statements',
      'files of R2',
      'answer, ms',
      'CPU, ms',
      'reads a whole table',
    ],
    queries.queries.map(({ name, ms, statements, files, answerMs, cpuMs, scan }) => [
      name,
      figure(ms),
      whole(statements),
      whole(files),
      figure(answerMs),
      figure(cpuMs),
      scan ? 'yes' : 'no',
    ]),
  ),
];

const mutationPart = ({ machine, mutation }: Required<Results>['mutation']): readonly string[] => [
  '## Mutants',
  `\`npm run mutate\`: ${machineLine(machine)}. A sample of small changes of the source by seed ${mutation.seed}, as many of each folder: how many make a test or the fault simulator fail. An equivalent one changes nothing that anybody relies on; the verdict states why.`,
  ...mutationTables(mutation),
];
