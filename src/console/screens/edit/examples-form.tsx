import type { Editing } from '../../../authoring/text-edits.ts';
import { CheckField, TextField } from '../../parts/field.tsx';
import { JsonField } from './schema-field.tsx';

/** The examples of a rule: a callback each, and whether the rule fires for it. */
export function ExamplesForm({ value, editing }: { value: readonly unknown[]; editing: Editing }) {
  return (
    <>
      {value.map((one, at) => {
        const example: Readonly<Record<string, unknown>> = Object(one);
        const path = ['examples', at];
        return (
          <fieldset key={`${at} of ${value.length}`} class="condition">
            <legend>Example {at + 1}</legend>
            <div class="fields named">
              <TextField
                label="Name"
                value={String(example.name ?? '')}
                onInput={(next) => editing.set([...path, 'name'], next)}
              />
              <CheckField
                label="The rule fires"
                checked={example.fires === true}
                onChange={(fires) => editing.set([...path, 'fires'], fires)}
              />
              <button
                type="button"
                class="small plain"
                onClick={() => editing.set(path, undefined)}
              >
                Remove example
              </button>
            </div>
            <details>
              <summary>Callback</summary>
              <div class="stack">
                <JsonField
                  label="Callback"
                  rows={10}
                  value={example.callback}
                  set={(next) => next !== undefined && editing.set([...path, 'callback'], next)}
                />
                <JsonField
                  label="Given"
                  rows={2}
                  value={example.given}
                  hint='Facts that Signalbox would remember: {"attempt": 2}'
                  set={(next) => editing.set([...path, 'given'], next)}
                />
              </div>
            </details>
          </fieldset>
        );
      })}
      <div>
        <button
          type="button"
          class="small"
          onClick={() =>
            editing.add(['examples'], value.length, {
              name: `example ${value.length + 1}`,
              callback: Object(value.at(-1)).callback ?? {},
              fires: false,
            })
          }
        >
          Add example
        </button>{' '}
        <span class="soft small">Try keeps a callback as an example, too.</span>
      </div>
    </>
  );
}
