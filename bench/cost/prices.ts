import type { Counts, Stored, Unit } from './counts.ts';

/** What Workers Paid costs, in dollars. `included` a month; `million`: dollars for a million more. */
export interface Price {
  readonly unit: Unit | 'cpuMs' | 'objectGbS';
  readonly name: string;
  readonly included: number;
  readonly million: number;
  readonly source: string;
}

/** When the prices were read. */
export const PRICES_OF = '2026-11-30';
export const MONTHLY_FEE = 5;

const docs = (path: string): string => `https://developers.cloudflare.com/${path}`;
const workers = docs('workers/platform/pricing/');
const objects = docs('durable-objects/platform/pricing/');
const d1 = docs('d1/platform/pricing/');
const r2 = docs('r2/pricing/');
const kv = docs('kv/platform/pricing/');

export const PRICES: readonly Price[] = [
  { unit: 'requests', name: 'Worker requests', included: 10e6, million: 0.3, source: workers },
  { unit: 'cpuMs', name: 'CPU ms', included: 30e6, million: 0.02, source: workers },
  { unit: 'objectRequests', name: 'object calls', included: 1e6, million: 0.15, source: objects },
  { unit: 'objectGbS', name: 'object GB-s', included: 400e3, million: 12.5, source: objects },
  {
    ...{ unit: 'objectRowsRead', name: 'object rows read', included: 25e9, million: 0.001 },
    source: objects,
  },
  {
    ...{ unit: 'objectRowsWritten', name: 'object rows written', included: 50e6, million: 1 },
    source: objects,
  },
  { unit: 'd1RowsRead', name: 'D1 rows read', included: 25e9, million: 0.001, source: d1 },
  { unit: 'd1RowsWritten', name: 'D1 rows written', included: 50e6, million: 1, source: d1 },
  {
    ...{ unit: 'queueOperations', name: 'queue operations', included: 1e6, million: 0.4 },
    source: docs('queues/platform/pricing/'),
  },
  { unit: 'kvReads', name: 'KV reads', included: 10e6, million: 0.5, source: kv },
  { unit: 'kvWrites', name: 'KV writes', included: 1e6, million: 5, source: kv },
  { unit: 'r2ClassA', name: 'R2 class A', included: 1e6, million: 4.5, source: r2 },
  { unit: 'r2ClassB', name: 'R2 class B', included: 10e6, million: 0.36, source: r2 },
  {
    ...{ unit: 'logs', name: 'log events', included: 20e6, million: 0.6 },
    source: docs('workers/observability/logs/workers-logs/'),
  },
];

/** What a GB that is stored for a month costs, and how many are included. */
export const STORAGE: Readonly<
  Record<keyof Stored, { readonly name: string; readonly included: number; readonly gb: number }>
> = {
  objects: { name: 'object storage', included: 5, gb: 0.2 },
  d1: { name: 'D1 storage', included: 5, gb: 0.75 },
  r2: { name: 'R2 storage', included: 10, gb: 0.015 },
};

/** How long a call keeps an object busy on the platform, in milliseconds; an object has 128 MB. */
export const BUSY_MS = 10;
const OBJECT_GB = 0.128;

/** What is used in a month. Storage in GB-months. */
export interface Usage {
  readonly counts: Counts;
  readonly cpuMs: number;
  readonly stored: Stored;
}

const usedOf = ({ counts, cpuMs }: Usage, unit: Price['unit']): number =>
  unit === 'cpuMs'
    ? cpuMs
    : unit === 'objectGbS'
      ? (counts.objectRequests * BUSY_MS * OBJECT_GB) / 1_000
      : counts[unit];

/** Returns the dollars for each item of a usage. `included`: whether what a month includes is taken off. */
export function dollarsOf(usage: Usage, included: boolean): Readonly<Record<string, number>> {
  const items = PRICES.map(({ unit, name, included: free, million }) => {
    const billed = Math.max(0, usedOf(usage, unit) - (included ? free : 0));
    return [name, (billed * million) / 1e6] as const;
  });
  const stored = Object.entries(STORAGE).map(([place, { name, included: free, gb }]) => {
    // The keys are those of `Stored`.
    const billed = Math.max(0, usage.stored[place as keyof Stored] - (included ? free : 0));
    return [name, billed * gb] as const;
  });
  return Object.fromEntries([...items, ...stored]);
}

export const total = (dollars: Readonly<Record<string, number>>): number =>
  Object.values(dollars).reduce((sum, n) => sum + n, 0);
