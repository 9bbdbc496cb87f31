import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cost } from './cost/measured.ts';
import { withCostSection } from './cost/section.ts';
import { chartOf } from './decide/chart.ts';
import type { Contest } from './decide/contest.ts';
import type { Growth } from './growth/measured.ts';
import type { LongLoad } from './load/measured.ts';
import type { Machine } from './machine.ts';
import type { Mutation } from './mutation/measured.ts';
import { pageOf } from './page.ts';
import type { Queries } from './queries/measured.ts';
import type { Scale } from './scale/simulate.ts';
import type { Startup } from './startup/measured.ts';
import type { StateRow } from './state/measured.ts';
import type { LoadRow } from './worker/measured.ts';

/** What the last run of each benchmark found. `bench/results.md` is drawn from all of them. */
export interface Results {
  readonly decide?: { readonly machine: Machine; readonly contests: readonly Contest[] };
  readonly worker?: { readonly machine: Machine; readonly rows: readonly LoadRow[] };
  readonly load?: { readonly machine: Machine; readonly load: LongLoad };
  readonly growth?: { readonly machine: Machine; readonly growth: Growth };
  readonly startup?: { readonly machine: Machine; readonly startup: Startup };
  readonly scale?: { readonly machine: Machine; readonly scale: Scale };
  readonly queries?: { readonly machine: Machine; readonly queries: Queries };
  readonly cost?: { readonly machine: Machine; readonly cost: Cost };
  readonly mutation?: { readonly machine: Machine; readonly mutation: Mutation };
  readonly state?: { readonly machine: Machine; readonly rows: readonly StateRow[] };
}

const KINDS = [
  'decide',
  'growth',
  'worker',
  'load',
  'startup',
  'state',
  'cost',
  'scale',
  'queries',
  'mutation',
] as const;
const folder = join(import.meta.dirname, 'results');

/** Keeps what a benchmark found in place of what it found before, and draws the page and the chart anew. */
export async function keep<K extends keyof Results>(
  kind: K,
  found: Required<Results>[K],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${kind}.json`), `${JSON.stringify(found, undefined, 1)}\n`);
  await draw();
}

/** Draws `bench/results.md`, its chart and the cost section of the documents from what is kept. */
export async function draw(): Promise<void> {
  const parts = await Promise.all(KINDS.map(async (kind) => [kind, await kept(kind)] as const));
  // What is kept was written by `keep`.
  const results = Object.fromEntries(parts.filter(([, found]) => found !== undefined)) as Results;
  if (results.decide) await writeFile(join(folder, 'decide.svg'), chartOf(results.decide.contests));
  await writeFile(join(import.meta.dirname, 'results.md'), pageOf(results));
  if (!results.cost) return;
  const operators = join(import.meta.dirname, '..', 'docs', 'operators.md');
  const page = await readFile(operators, 'utf8');
  await writeFile(operators, withCostSection(page, results.cost.cost));
}

async function kept(kind: keyof Results): Promise<unknown> {
  const text = await readFile(join(folder, `${kind}.json`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
