import type { Cost } from './measured.ts';
import { MIX } from './mix.ts';
import { BUSY_MS, MONTHLY_FEE, PRICES, STORAGE } from './prices.ts';

const BEGIN = '<!-- cost: written by `npm run bench:cost` -->';
const END = '<!-- /cost -->';

const dollars = (n: number): string =>
  n >= 1_000 ? `$${Math.round(n).toLocaleString('en-US')}` : `$${n.toFixed(2)}`;
const whole = (n: number): string => n.toLocaleString('en-US');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** The part of `docs/operators.md` about cost. */
export function costSection(cost: Cost): string {
  const { perMillion, items, byKind, months, standing, pricesOf } = cost;
  const mix = MIX.map(({ name, of1000 }) => `${of1000 / 10} ${name}`).join(', ');
  const names = [...new Set([...Object.keys(items.all), ...Object.keys(items.acted)])];
  const cents = (n: number | undefined): string => (n ? `$${n.toFixed(2)}` : '–');
  return [
    BEGIN,
    `These figures are counted, not estimated: \`npm run bench:cost\` runs the shipped rules in workerd and counts every operation that Cloudflare bills, alarms and deletes included, for the callbacks of 100 sends (${mix}). Prices are those of Workers Paid of ${pricesOf}.`,
    'A million callbacks more, at the rate of 100 million a month, beside a bare Worker that verifies the signature, parses and answers:',
    table(
      ['item', '`JOURNAL=all`', '`JOURNAL=acted`', '`JOURNAL=off`', 'bare Worker'],
      [
        ...names.map((name) => [
          name,
          cents(items.all[name]),
          cents(items.acted[name]),
          cents(items.off[name]),
          cents(items.bare[name]),
        ]),
        [
          '**together**',
          ...[perMillion.all, perMillion.acted, perMillion.off, perMillion.bare].map(
            (n) => `**${dollars(n)}**`,
          ),
        ],
      ],
    ),
    `A month, with the fee of $${MONTHLY_FEE} and what the plan includes taken off. With little traffic batches are smaller, but more of it is included. What runs without any callback (alarms, crons) is ${dollars(standing)} of it.`,
    table(
      ['callbacks a month', '`JOURNAL=all`', '`JOURNAL=acted`', '`JOURNAL=off`', 'bare Worker'],
      months.map(({ callbacks, all, acted, off, bare }) => [
        whole(callbacks),
        dollars(all),
        dollars(acted),
        dollars(off),
        dollars(bare),
      ]),
    ),
    'What a million callbacks of each kind cost with `JOURNAL=all`, without CPU time and storage; alarms and crons are for a million callbacks of the mix:',
    table(
      ['kind', 'part of the mix', 'a million', 'most of it'],
      byKind.map(({ kind, share, perMillion: million, items: own }) => [
        kind,
        share === 0 ? '–' : `${(100 * share).toFixed(1)} %`,
        dollars(million),
        Object.entries(own)
          .slice(0, 4)
          .map(([name, n]) => `${name} $${n.toFixed(2)}`)
          .join(', '),
      ]),
    ),
    `CPU time is that of the whole runtime on the machine that measured, the objects and databases included, so it is an upper bound. A call is taken to keep an object busy for ${BUSY_MS} ms. A batch of a queue counts as a request. Each isolate adds a lookup of the active rules every 30 seconds and, once in \`METRICS_INTERVAL\`, a call to count metrics.`,
    '| what | a month includes | a million more, or a GB more |\n|---|---:|---:|\n' +
      [
        ...PRICES.map(
          ({ name, included, million, source }) =>
            `| [${name}](${source}) | ${whole(included)} | $${million} |`,
        ),
        ...Object.values(STORAGE).map(
          ({ name, included, gb }) => `| ${name} | ${included} GB | $${gb} |`,
        ),
      ].join('\n'),
    END,
  ].join('\n\n');
}

/** Returns the page with the section in place of the one that it has. */
export function withCostSection(page: string, cost: Cost): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < 0) throw new Error(`docs/operators.md: add ${BEGIN} and ${END}`);
  return `${page.slice(0, begin)}${costSection(cost)}${page.slice(end + END.length)}`;
}
