import type { Editing, Path } from '../../../authoring/text-edits.ts';
import type { Catalogue } from '../../worker/protocol.ts';

/** A condition as its JSON has it; what cannot be read so is left to the JSON view. */
export type Condition = Readonly<Record<string, unknown>>;

export interface ConditionProps {
  readonly value: unknown;
  readonly path: Path;
  readonly editing: Editing;
  readonly catalogue: Catalogue;
  readonly on: readonly string[];
  readonly remove?: (() => void) | undefined;
}

/** What can be done with any single condition. */
export function Tools(
  props: Pick<ConditionProps, 'path' | 'editing'> & {
    wrap: Condition;
    remove: (() => void) | undefined;
  },
) {
  const { path, editing, wrap, remove } = props;
  const inner = Object.values(wrap)[0];
  return (
    <div class="row">
      <button type="button" class="small plain" onClick={() => editing.set(path, wrap)}>
        Put into a group
      </button>
      <button
        type="button"
        class="small plain"
        onClick={() => editing.set(path, { not: Array.isArray(inner) ? inner[0] : inner })}
      >
        Not
      </button>
      {remove && (
        <button type="button" class="small plain" onClick={remove}>
          Remove
        </button>
      )}
    </div>
  );
}
