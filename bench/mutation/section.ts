import { type Counts, type Mutation, type Outcome, scoreOf } from './measured.ts';

const percent = (counts: Counts): string => `${Math.round(scoreOf(counts) * 1_000) / 10} %`;

/** Code in a cell of a table. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|').replaceAll('`', '´')}\``;

/** The lines of the tables about a sample of mutants: by folder, and what was not killed. */
export function mutationTables({ folders, ways, left }: Mutation): readonly string[] {
  const all = Object.values(folders);
  const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
  const total: Counts = {
    mutants: sum('mutants'),
    killed: sum('killed'),
    equivalent: sum('equivalent'),
    survived: sum('survived'),
  };
  const row = (name: string, counts: Counts): string =>
    `| ${name} | ${counts.mutants} | ${counts.killed} | ${counts.equivalent} | ${counts.survived} | ${percent(counts)} |`;
  const byWay = Object.entries(ways).map(([way, count]) => `${way} ${count}`);
  return [
    [
      '| folder | mutants | killed | equivalent | survived | killed, of those that are not equivalent |',
      '| --- | ---: | ---: | ---: | ---: | ---: |',
      ...Object.entries(folders).map(([name, counts]) => row(`\`src/${name}\``, counts)),
      row('all', total),
    ].join('\n'),
    `Killed by: ${byWay.join(', ')}.`,
    ...(left.length > 0 ? [leftTable(left)] : []),
  ];
}

const leftTable = (left: readonly Outcome[]): string =>
  [
    '| not killed | verdict |',
    '| --- | --- |',
    ...left.map(
      ({ file, line, change, verdict }) =>
        `| ${file}:${line} ${code(change)} | ${verdict ?? 'no test notices it'} |`,
    ),
  ].join('\n');
