import { dryRun } from '../api/callbacks.ts';
import { readCallback } from '../callbacks/callback.ts';
import { peek } from '../objects/record-state.ts';
import { entryOf, groupKey } from '../rules/decide/counted.ts';
import { decideLooking } from '../rules/decide/tallies.ts';
import { explain } from '../rules/explain/explain.ts';
import type { Look } from '../rules/explain/explain-windows.ts';
import { open } from '../services.ts';
import { readBody } from './body.ts';
import { route } from './route.ts';

/** `POST /v1/dry-run`: a callback in, decisions and the explanation out. Nothing is performed, nothing is kept. */
export const dryRunRoutes = [
  route(dryRun, async (c) => {
    const services = open(c.env);
    const callback = await readCallback(await readBody(c.req.raw), services.now());
    const rulebook = await services.rulebook();
    const recalled = await peek(callback, services.objects);
    const recall = async (name: string) => recalled[name];
    const look: Look = async (counted) => {
      const tally = await services.objects.tallies.of(counted.rule.name, groupKey(counted.group));
      return tally.peek(entryOf(callback, counted), counted.threshold.terms);
    };
    const decision = await decideLooking(rulebook, callback, recall, look);
    return c.json({
      id: callback.id,
      trigger: callback.trigger,
      rulebook: decision.version,
      fired: decision.fired.map(({ rule, actions }) => ({
        rule: rule.name,
        actions: actions.map(({ action, params }) => ({ action, params })),
      })),
      erred: decision.erred,
      explanation: await explain(rulebook, callback, recall, look),
    });
  }),
];
