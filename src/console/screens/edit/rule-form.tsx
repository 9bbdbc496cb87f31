import { addItem, type Editing, setValue } from '../../../authoring/text-edits.ts';
import { CheckField, NumberField, SelectField, TextField } from '../../parts/field.tsx';
import { Shown } from '../../parts/states.tsx';
import { useRules } from '../../state/use-rules.ts';
import type { Catalogue, ShownText } from '../../worker/protocol.ts';
import { Actions } from './actions.tsx';
import { ConditionEditor } from './condition.tsx';
import { ExamplesForm } from './examples-form.tsx';
import { JsonField } from './schema-field.tsx';
import { Threshold } from './threshold.tsx';

interface FormProps {
  readonly text: string;
  /** The texts of its actions as their readers will see them. */
  readonly texts: readonly ShownText[];
  readonly change: (text: string) => void;
}

/** The form of a rule. Every change is made in the text, so that the rest of the file stays as it is written. */
export function RuleForm({ text, texts, change }: FormProps) {
  const catalogue = useRules('catalogue', '', null);
  const rule = parse(text);
  if (!rule) {
    return (
      <p class="note warn">
        The text of this rule is not JSON at the moment. The findings say where; the JSON view is
        the place to correct it.
      </p>
    );
  }
  const editing: Editing = {
    set: (path, value) => change(setValue(text, path, value)),
    add: (path, at, item) => change(addItem(text, path, at, item)),
  };
  return (
    <Shown loaded={catalogue} what="the form">
      {(known) => <Fields rule={rule} texts={texts} editing={editing} catalogue={known} />}
    </Shown>
  );
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>) // an object, as just asked
      : undefined;
  } catch {
    return undefined;
  }
}

interface FieldsProps {
  readonly rule: Readonly<Record<string, unknown>>;
  readonly texts: readonly ShownText[];
  readonly editing: Editing;
  readonly catalogue: Catalogue;
}

function Fields({ rule, texts, editing, catalogue }: FieldsProps) {
  const on = Array.isArray(rule.on) ? rule.on.map(String) : [];
  const text = (key: string): string => (typeof rule[key] === 'string' ? rule[key] : '');
  const optional = (key: string) => (next: string) =>
    editing.set([key], next === '' ? undefined : next);
  return (
    <div class="form">
      <section>
        <h2>What it is for</h2>
        <TextField
          label="Why"
          rows={3}
          value={text('why')}
          onInput={(next) => editing.set(['why'], next)}
        />
        <div class="fields">
          <TextField
            label="Owner"
            value={text('owner')}
            onInput={(next) => editing.set(['owner'], next)}
          />
          <TextField
            label="Next step"
            value={text('next_step')}
            hint="What to do about it, in a sentence: its alerts say it."
            onInput={optional('next_step')}
          />
        </div>
      </section>
      <section>
        <h2>When</h2>
        <div class="fields">
          {on.map((trigger, at) => (
            <div key={`${at} of ${on.length}`} class="stack tight">
              <SelectField
                label={on.length > 1 ? `Trigger ${at + 1}` : 'Trigger'}
                value={trigger}
                options={catalogue.triggers.map(({ name }) => name)}
                hint={catalogue.triggers.find(({ name }) => name === trigger)?.description}
                onChange={(next) => editing.set(['on', at], next)}
              />
              {on.length > 1 && (
                <button
                  type="button"
                  class="small plain"
                  onClick={() => editing.set(['on', at], undefined)}
                >
                  Remove trigger
                </button>
              )}
            </div>
          ))}
        </div>
        <div>
          <button
            type="button"
            class="small"
            onClick={() =>
              editing.add(
                ['on'],
                on.length,
                catalogue.triggers.find(({ name }) => !on.includes(name))?.name,
              )
            }
          >
            Add trigger
          </button>
        </div>
        <ConditionEditor
          value={rule.when}
          path={['when']}
          editing={editing}
          catalogue={catalogue}
          on={on}
        />
        <Threshold
          value={rule.threshold}
          cooldown={rule.cooldown}
          when={rule.when}
          on={on}
          editing={editing}
          catalogue={catalogue}
        />
      </section>
      <section>
        <h2>Then</h2>
        <Actions
          value={Array.isArray(rule.then) ? rule.then : []}
          texts={texts}
          editing={editing}
          catalogue={catalogue}
        />
      </section>
      <section>
        <h2>Examples</h2>
        <ExamplesForm value={Array.isArray(rule.examples) ? rule.examples : []} editing={editing} />
      </section>
      <details>
        <summary>More</summary>
        <div class="fields">
          <CheckField
            label="Enabled"
            checked={rule.enabled !== false}
            onChange={(enabled) => editing.set(['enabled'], enabled ? undefined : false)}
          />
          <CheckField
            label="Shadow: it decides, and nothing is done"
            checked={rule.mode === 'shadow'}
            onChange={(shadow) => editing.set(['mode'], shadow ? 'shadow' : undefined)}
          />
          <CheckField
            label="Stop: the rules after it are not asked"
            checked={rule.stop === true}
            onChange={(stop) => editing.set(['stop'], stop ? true : undefined)}
          />
          <NumberField
            label="Priority"
            value={rule.priority}
            hint="1 to 1000, the highest is decided first. Default: 1."
            onInput={(next) => editing.set(['priority'], next)}
          />
          <TextField
            label="Expires"
            value={text('expires')}
            hint="A time like 2027-01-31T18:00:00Z."
            onInput={optional('expires')}
          />
          <JsonField
            label="Labels"
            rows={2}
            value={rule.labels}
            hint='For the routes of its alerts: {"team": "payments"}'
            set={(next) => editing.set(['labels'], next)}
          />
          <TextField
            label="Resolves"
            rows={2}
            value={([rule.resolves ?? []].flat() as unknown[]).join('\n')}
            hint="Rules whose alerts are over when this one fires, one per line."
            onInput={(next) =>
              editing.set(['resolves'], next === '' ? undefined : next.split('\n'))
            }
          />
        </div>
      </details>
    </div>
  );
}
