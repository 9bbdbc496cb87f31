import * as v from 'valibot';
import type { Shell } from '../shell.ts';
import { short } from './worker-rulebooks.ts';

const Health = v.looseObject({
  rulebook: v.looseObject({ version: v.string(), origin: v.picklist(['published', 'bundled']) }),
});

const SWITCH = 'signalbox activate bundled switches to the rules of the deployment';

/**
 * Returns a line about the rules in force after this bundle is deployed: published rules stay in
 * force. Asks the Worker of SIGNALBOX_URL, if set.
 */
export async function deployedRulesLine(
  version: string,
  { env }: Pick<Shell, 'env'>,
): Promise<string> {
  const inForce = env.SIGNALBOX_URL ? await askHealth(env.SIGNALBOX_URL) : undefined;
  if (!inForce)
    return `Rules ${short(version)} decide unless others were published: those stay, /healthz says which, and ${SWITCH}.`;
  if (inForce.version === version) return `Rules ${short(version)} are in force already.`;
  if (inForce.origin === 'bundled')
    return `Rules ${short(version)} decide as soon as they are deployed.`;
  return `Rules ${short(version)} differ from ${short(inForce.version)}, which was published and stays in force: ${SWITCH}.`;
}

async function askHealth(
  url: string,
): Promise<v.InferOutput<typeof Health>['rulebook'] | undefined> {
  try {
    // A 503 has the same body.
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(5_000) });
    return v.parse(Health, await response.json()).rulebook;
  } catch {
    return undefined;
  }
}
