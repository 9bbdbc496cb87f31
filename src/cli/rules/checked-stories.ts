import { actions } from '../../actions/index.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { Finding } from '../../rules/model/finding.ts';
import { nameOfFile } from '../../rules/model/lists.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { type Known, type ReadStory, readStories } from '../../stories/read-stories.ts';
import { sampleNames } from '../callbacks/samples.ts';
import type { Shell } from '../shell.ts';

/** Reads the stories of a rules folder by what they may name. */
export async function checkStories(
  stories: Readonly<Record<string, unknown>>,
  source: RulebookSource,
  shell: Pick<Shell, 'home'>,
): Promise<{ readonly stories: readonly ReadStory[]; readonly findings: readonly Finding[] }> {
  if (Object.keys(stories).length === 0) return { stories: [], findings: [] };
  const alerts =
    isRecord(source.alerts) && isRecord(source.alerts.destinations)
      ? source.alerts.destinations
      : undefined;
  const known: Known = {
    rules: Object.keys(source.rules).map(nameOfFile),
    actions: actions.map(({ name }) => name),
    destinations: alerts && Object.keys(alerts),
    samples: await sampleNames(shell),
  };
  return readStories(stories, known);
}
