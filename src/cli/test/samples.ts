import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { ReadStory } from '../../stories/read-stories.ts';
import { readSample } from '../callbacks/samples.ts';
import type { Shell } from '../shell.ts';

/** Returns the samples that stories name; a sample that is not a JSON object is left out. */
export async function samplesOf(
  stories: readonly ReadStory[],
  shell: Pick<Shell, 'home'>,
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const samples = new Map<string, Record<string, unknown>>();
  for (const { sample } of stories.flatMap(({ steps }) => steps)) {
    if (sample === undefined || samples.has(sample)) continue;
    // By name only: a file of that name in the working directory is a different one.
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
