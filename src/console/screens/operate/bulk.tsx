import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { CheckField } from '../../parts/field.tsx';
import { may } from '../../state/session.ts';

interface Operation<T> {
  readonly verb: string;
  readonly does: string;
  readonly danger?: boolean;
  readonly run: (item: T, reason: string) => Promise<unknown>;
}

interface BulkProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly nameOf: (item: T) => string;
  readonly isOpen: (item: T) => boolean;
  readonly operations: readonly Operation<T>[];
  readonly done: () => void;
  readonly children: (item: T) => ComponentChildren;
}

/** A list whose entries can be chosen and settled together. */
export function Bulk<T extends { readonly id: string }>(props: BulkProps<T>) {
  const { label, items, nameOf, isOpen, operations, done, children } = props;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const open = items.filter(isOpen);
  const selected = open.filter(({ id }) => chosen.has(id));
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const run = (operation: Operation<T>, some: readonly T[]) => async (reason: string) => {
    const failed: string[] = [];
    for (const item of some) {
      try {
        await operation.run(item, reason);
      } catch (error) {
        failed.push(`${nameOf(item)}: ${error instanceof Error ? error.message : error}`);
      }
    }
    setChosen(new Set());
    done();
    if (failed.length > 0)
      throw new Error(
        `${failed.length} of ${some.length} failed: ${failed.slice(0, 3).join('; ')}`,
      );
  };
  return (
    <div class="stack tight">
      {may('admin') && open.length > 0 && (
        <div class="row">
          <CheckField
            label={`All ${open.length}`}
            checked={selected.length === open.length}
            onChange={(on) => setChosen(new Set(on ? open.map(({ id }) => id) : []))}
          />
          {operations.map((operation) => (
            <ConfirmButton
              key={operation.verb}
              verb={operation.verb}
              label={`${operation.verb} ${selected.length} chosen`}
              title={`${operation.verb} ${selected.length}`}
              danger={operation.danger ?? false}
              class={`small ${operation.danger ? 'danger' : ''}`}
              disabled={selected.length === 0}
              confirm={run(operation, selected)}
            >
              <p>{operation.does}</p>
            </ConfirmButton>
          ))}
        </div>
      )}
      <ul class="rows" aria-label={label}>
        {items.map((item) => (
          <li key={item.id}>
            {children(item)}
            {may('admin') && isOpen(item) && (
              <div class="row">
                <CheckField
                  label={<span class="visually-hidden">Choose {nameOf(item)}</span>}
                  checked={chosen.has(item.id)}
                  onChange={(on) => choose(item.id, on)}
                />
                {operations.map((operation) => (
                  <ConfirmButton
                    key={operation.verb}
                    verb={operation.verb}
                    title={`${operation.verb} ${nameOf(item)}`}
                    danger={operation.danger ?? false}
                    class={`small ${operation.danger ? 'danger' : ''}`}
                    confirm={run(operation, [item])}
                  >
                    <p>{operation.does}</p>
                  </ConfirmButton>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
