import type { Contest } from './contest.ts';
import type { Regime } from './regime.ts';

/** A number as people read it: three figures, thousands apart. */
export const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(value >= 10 ? 3 : 2);

/** "250×" as fast; "1/12×" is twelve times slower. */
export const ratioWords = (ratio: number): string =>
  ratio >= 1 ? `${figure(ratio)}×` : `1/${figure(1 / ratio)}`;

/** A contest as a text for a terminal. */
export function tableOf(contest: Contest, regime: Regime): string {
  const {
    n,
    rows,
    floor,
    reading,
    candidates,
    fired,
    compileMs,
    indexMs,
    compileMb,
    disagreements,
  } = contest;
  const title = `${regime.name}, ${n.toLocaleString('en-US')} rules (${regime.summary})`;
  if (disagreements.length > 0) return [title, ...disagreements].join('\n');
  const cells = rows.map(({ engine, us, ratio, toClosures }) => [
    engine,
    figure(us),
    ratioWords(ratio),
    figure(toClosures ?? Number.NaN),
    `${figure(us / floor)}×`,
  ]);
  const lines = [['engine', 'µs', 'as fast', 'of closures', 'of the floor'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const written = lines.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  return [
    title,
    ...written,
    `a callback: ${figure(candidates)} candidates, ${figure(fired)} fired; floor (signature, JSON, schema) ${figure(floor)} µs, without the signature ${figure(reading ?? Number.NaN)} µs`,
    `compiled in ${figure(compileMs)} ms, indexed in ${figure(indexMs ?? Number.NaN)} ms, ${megabytes(compileMb)}`,
  ].join('\n');
}

/** Memory, as far as the collector lets it be measured: a tenth of a megabyte is lost in what it leaves lying. */
export const megabytes = (mb: number): string =>
  mb < 0.1 ? 'less than 0.1 MB' : `${figure(mb)} MB`;
