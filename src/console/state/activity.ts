import { call } from '../api.ts';

/** How often a rule fired in seven days, and when last. */
export interface Activity {
  readonly fired: number;
  readonly lastFired: string | null;
}

interface Stats {
  readonly rules: readonly { rule: string; fired: number; last_fired: string | null }[];
}
interface Pauses {
  readonly pauses: readonly { id: string; kind: string; name: string }[];
}

/** What happened to rules lately: firings by rule, and the names of paused rules. */
export async function loadActivity(signal?: AbortSignal): Promise<{
  readonly rules: ReadonlyMap<string, Activity>;
  readonly paused: ReadonlySet<string>;
}> {
  const options = signal ? { signal } : {};
  const [stats, pauses] = await Promise.all([
    call<Stats>('GET', '/v1/stats', { query: { since: '7d' }, ...options }),
    call<Pauses>('GET', '/v1/pauses', options),
  ]);
  return {
    rules: new Map(
      stats.rules.map(({ rule, fired, last_fired: lastFired }) => [rule, { fired, lastFired }]),
    ),
    paused: new Set(pauses.pauses.filter(({ kind }) => kind === 'rule').map(({ name }) => name)),
  };
}
