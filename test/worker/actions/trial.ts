import type { Box } from '../box.ts';
import { PERSON } from '../sample.ts';

/** How the contract suite tries an action. Each action has a file in `trials/`, named like the action's file. */
export interface Trial {
  /** A callback that suits the action. */
  readonly callback: object;
  readonly params?: object;
  /** Callbacks that come first. */
  readonly before?: readonly object[];
  /** What the action has done. */
  readonly did: (box: Box) => Promise<unknown>;
  /** What `did` returns if the action ran exactly once. */
  readonly once: unknown;
}

/** How often the consent of `PERSON` was changed. */
export async function consentChanges(box: Box): Promise<number> {
  return (await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{ history: unknown[] }>())
    .history.length;
}
