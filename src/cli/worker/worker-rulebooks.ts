import type * as v from 'valibot';
import { actions } from '../../actions/index.ts';
import { RulebookAnswer, RulebooksAnswer } from '../../api/rulebooks.ts';
import { compile } from '../../rules/compile/compile.ts';
import { type Compared, differenceLines, diffRulebooks } from '../../rules/explain/diff.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import type { Shell } from '../shell.ts';
import { askWorker, type WorkerAddress } from './ask-worker.ts';

/** A rulebook that a Worker keeps, ready to be compared and to decide. */
export interface KeptRulebook extends Compared {
  readonly about: v.InferOutput<typeof RulebookAnswer>;
}

/** All rulebooks that a Worker keeps. */
export const listRulebooks = (address: WorkerAddress, shell: Shell) =>
  askWorker('/v1/rulebooks', RulebooksAnswer, address, shell);

/** A rulebook by its version, the first characters of it, `in-force` or `bundled`. @throws AppError as `askWorker` */
export async function fetchRulebook(
  version: string,
  address: WorkerAddress,
  shell: Shell,
): Promise<KeptRulebook> {
  const about = await askWorker(
    `/v1/rulebooks/${encodeURIComponent(version)}`,
    RulebookAnswer,
    address,
    shell,
  );
  return { about, ...compared(about.rulebook, about.version) };
}

/** Makes rules ready to be compared. */
export const compared = (source: RulebookSource, version: string): Compared => ({
  source,
  rulebook: compile(source, actions, version).rulebook,
});

/** What the second rulebook changes in the first, in lines; none where they do the same. */
export const changesBetween = (old: Compared, now: Compared): readonly string[] =>
  diffRulebooks(old, now).flatMap(differenceLines);

/** A version as people write it: its first eight characters say which. */
export const short = (version: string): string => version.slice(0, 8);
