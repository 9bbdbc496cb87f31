import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { ReadStory } from '../../stories/read-stories.ts';
import { readSample } from '../callbacks/samples.ts';
import type { Shell } from '../shell.ts';

/** The samples that stories name. What is no JSON object is left out: a step cannot be made of it. */
export async function samplesOf(
  stories: readonly ReadStory[],
  shell: Pick<Shell, 'home'>,
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const samples = new Map<string, Record<string, unknown>>();
  for (const { sample } of stories.flatMap(({ steps }) => steps)) {
    if (sample === undefined || samples.has(sample)) continue;
    // Read by its name alone: a file of that name where the user stands is something else.
    const body: unknown = parsed(await readSample(sample, { home: shell.home, here: shell.home }));
    if (isRecord(body)) samples.set(sample, body);
  }
  return samples;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
