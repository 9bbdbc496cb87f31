import { type Counts, type Mutation, type Outcome, scoreOf } from './measured.ts';

const percent = (counts: Counts): string => `${Math.round(scoreOf(counts) * 1_000) / 10} %`;

/** Code in a cell of a table. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|').replaceAll('`', '´')}\``;

/** The lines about a sample of mutants: by folder, and those that change nothing that matters. */
export function mutationTables({ folders, by, ways, equivalent }: Mutation): readonly string[] {
  const all = Object.values(folders);
  const sum = (key: keyof Counts): number =>
    all.reduce((total, counts) => total + (counts[key] ?? 0), 0);
  const total: Counts = {
    mutants: sum('mutants'),
    killed: sum('killed'),
    equivalent: sum('equivalent'),
    survived: sum('survived'),
    ...(all.some(({ unjudged }) => unjudged !== undefined) ? { unjudged: sum('unjudged') } : {}),
  };
  const row = (name: string, counts: Counts): string =>
    `| ${name} | ${counts.mutants} | ${counts.killed} | ${counts.equivalent} | ${counts.survived} | ${counts.unjudged ?? 'not counted'} | ${percent(counts)} |`;
  const byWay = Object.entries(ways).map(([way, count]) => `${way} ${count}`);
  return [
    [
      '| folder | mutants | killed | equivalent | survived | not judged in time | killed, of those that are judged and not equivalent |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...Object.entries(folders).map(([name, counts]) => row(`\`src/${name}\``, counts)),
      row('all', total),
    ].join('\n'),
    `Tried by: ${by.join(', ')}. Killed by: ${byWay.join(', ')}.${by.includes('worker') ? '' : ' The tests in workerd were not run, so a change that only they notice counts as survived.'}`,
    ...(equivalent.length > 0 ? [verdictTable(equivalent)] : []),
  ];
}

const verdictTable = (equivalent: readonly Outcome[]): string =>
  [
    '| equivalent | verdict |',
    '| --- | --- |',
    ...equivalent.map(
      ({ file, line, change, verdict }) => `| ${file}:${line} ${code(change)} | ${verdict} |`,
    ),
  ].join('\n');
