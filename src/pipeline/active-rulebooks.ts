import { actions } from '../actions/index.ts';
import { type Alerts, readAlerts } from '../alerts/config.ts';
import type { RulebooksClient } from '../objects/rulebooks/rulebooks-client.ts';
import {
  type ActiveRulebook,
  emptyRulebookCache,
  openActiveRulebook,
  type RulebookCache,
} from '../rulebooks/active-rulebook.ts';
import { bundle } from '../rulebooks/bundled.ts';

/** An isolate's memory goes with its environment: the runtime gives every request of an isolate the same one. */
const memories = new WeakMap<object, RulebookCache>();

/** Returns what an isolate with this environment caches of its rulebooks. */
export function rulebookCacheOf(env: object): RulebookCache {
  const memory = memories.get(env) ?? emptyRulebookCache();
  memories.set(env, memory);
  return memory;
}

/** The rulebooks that decide in this deployment, over the actions and destinations that it has. `now` in milliseconds. */
export function rulebooksInForce(
  env: object,
  client: RulebooksClient,
  now: () => number,
): ActiveRulebook {
  const memory = rulebookCacheOf(env);
  const shelf = {
    actions,
    checkAlerts: alertsOf,
    bundle,
    readPointer: async (version: string) => {
      const { kept, ...standing } = await client.readState(version);
      return { ...standing, bundleKept: kept };
    },
    readBody: client.body,
    storeBundle: async () =>
      client.keep(bundle, {
        origin: 'bundled' as const,
        author: 'deployment',
        message: 'came with a deployment',
        at: now(),
        rules: Object.keys(bundle.source.rules).length,
      }),
  };
  return openActiveRulebook(memory, shelf, now);
}

const read = new WeakMap<object, Alerts>();

/** `alerts.json` of a rulebook, read once. @throws AppError `rule_invalid`, naming the field */
export function alertsOf(value: unknown): Alerts {
  const key = typeof value === 'object' ? value : null;
  const known = key && read.get(key);
  if (known) return known;
  const alerts = readAlerts(value);
  if (key) read.set(key, alerts);
  return alerts;
}
