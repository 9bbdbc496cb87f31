import type { Contest, Row } from './contest.ts';

const PANEL = { width: 430, height: 340, left: 84, top: 56, gap: 92 };
const INK = '#1f2933';
const FAINT = '#d5dce3';
const COLOURS = [
  '#c2410c',
  '#e08a4f',
  '#a16207',
  '#64748b',
  '#6d28d9',
  '#a78bfa',
  '#0369a1',
  '#be185d',
];
const OURS = '#0f766e';

/** Microseconds a callback over the number of rules, both logarithmic: a panel a regime, a line an engine. */
export function chartOf(contests: readonly Contest[]): string {
  const rows = contests.flatMap((contest) => contest.rows);
  const engines = [...new Set(rows.map(({ engine }) => engine))];
  const regimes = [...new Set(rows.map(({ regime }) => regime))];
  const scale = scaleOf(rows);
  const width = PANEL.left + regimes.length * (PANEL.width + PANEL.gap);
  const legendTop = PANEL.top + PANEL.height + 52;
  const height = legendTop + Math.ceil(engines.length / 3) * 22 + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${PANEL.left}" y="24" font-size="16" font-weight="600">Microseconds to decide one callback, by the number of rules</text>`,
    ...regimes.map((regime, at) => {
      const left = PANEL.left + at * (PANEL.width + PANEL.gap);
      return `<g transform="translate(${left} ${PANEL.top})">${panel(regime, rows, engines, scale)}</g>`;
    }),
    ...engines.map((engine, at) => legend(engine, at, legendTop)),
    '</svg>\n',
  ].join('\n');
}

interface Scale {
  readonly x: (rules: number) => number;
  readonly y: (us: number) => number;
  readonly sizes: readonly number[];
  readonly decades: readonly number[];
}

function scaleOf(rows: readonly Row[]): Scale {
  const sizes = [...new Set(rows.map(({ n }) => n))].sort((a, b) => a - b);
  const logs = rows.map(({ us }) => Math.log10(us));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const [first = 1, last = 10] = [sizes[0], sizes.at(-1)];
  const span = Math.log10(last / first) || 1;
  return {
    sizes,
    decades: Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)),
    x: (rules) => round((Math.log10(rules / first) / span) * PANEL.width),
    y: (us) => round(PANEL.height - ((Math.log10(us) - low) / (high - low)) * PANEL.height),
  };
}

function panel(
  regime: string,
  rows: readonly Row[],
  engines: readonly string[],
  scale: Scale,
): string {
  const lines = engines.map((engine, at) => {
    const own = rows.filter((row) => row.regime === regime && row.engine === engine);
    const points = own.map(({ n, us }) => `${scale.x(n)},${scale.y(us)}`);
    const [colour, thick] = style(engine, at);
    const dots = own.map(
      ({ n, us }) =>
        `<circle cx="${scale.x(n)}" cy="${scale.y(us)}" r="${thick + 1}" fill="${colour}"/>`,
    );
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="${thick}"/>${dots.join('')}`;
  });
  return [
    `<text x="0" y="-10" font-weight="600">${regime}</text>`,
    ...scale.decades.map(
      (us) =>
        `<path d="M0 ${scale.y(us)}H${PANEL.width}" stroke="${FAINT}"/><text x="-8" y="${scale.y(us) + 4}" text-anchor="end">${us.toLocaleString('en-US')}</text>`,
    ),
    ...scale.sizes.map(
      (n) =>
        `<path d="M${scale.x(n)} 0V${PANEL.height}" stroke="${FAINT}"/><text x="${scale.x(n)}" y="${PANEL.height + 20}" text-anchor="middle">${n.toLocaleString('en-US')}</text>`,
    ),
    ...lines,
  ].join('\n');
}

function legend(engine: string, at: number, top: number): string {
  const [colour, thick] = style(engine, at);
  const [x, y] = [PANEL.left + (at % 3) * 300, top + Math.floor(at / 3) * 22];
  return `<path d="M${x} ${y - 4}h22" stroke="${colour}" stroke-width="${thick}"/><text x="${x + 30}" y="${y}"${thick > 2 ? ' font-weight="600"' : ''}>${engine}</text>`;
}

const style = (engine: string, at: number): readonly [string, number] =>
  engine === 'signalbox' ? [OURS, 3.5] : [COLOURS[at % COLOURS.length] ?? INK, 1.5];

const round = (value: number): number => Math.round(value * 10) / 10;
