import type { Editing } from '../../../authoring/text-edits.ts';
import { CheckField, NumberField, SelectField, TextField } from '../../parts/field.tsx';
import type { Catalogue } from '../../worker/protocol.ts';
import { ConditionEditor } from './condition.tsx';

interface ThresholdProps {
  readonly value: unknown;
  readonly cooldown: unknown;
  readonly when: unknown;
  readonly on: readonly string[];
  readonly editing: Editing;
  readonly catalogue: Catalogue;
}

/** How often the condition must hold before the rule fires. */
export function Threshold({ value, cooldown, when, on, editing, catalogue }: ThresholdProps) {
  const terms: Readonly<Record<string, unknown>> | undefined =
    typeof value === 'object' && value !== null ? Object(value) : undefined;
  const set = (key: string) => (next: unknown) => editing.set(['threshold', key], next);
  const number = (key: string, label: string, hint: string) => (
    <NumberField
      label={label}
      value={terms?.[key]}
      hint={hint}
      onInput={(next) => set(key)(next)}
    />
  );
  const turn = (kind: string) =>
    editing.set(
      ['threshold'],
      kind === 'share'
        ? { share: 0.05, among: when, at_least: 200, within: '10m' }
        : { count: 20, within: '10m' },
    );
  return (
    <>
      <CheckField
        label="Fire only when it happens often enough"
        checked={terms !== undefined}
        onChange={(on) => (on ? turn('count') : editing.set(['threshold'], undefined))}
      />
      {terms && (
        <div class="condition">
          <div class="fields">
            <SelectField
              label="Threshold"
              value={'share' in terms ? 'share' : 'count'}
              options={[
                ['count', 'a number of callbacks'],
                ['share', 'a share of callbacks'],
              ]}
              onChange={turn}
            />
            {'share' in terms ? (
              <>
                {number('share', 'Share', 'More than this part: 0.05 is 5 %.')}
                {number('at_least', 'At least', 'Nothing fires before so many were looked at.')}
              </>
            ) : (
              number('count', 'Count', 'So many callbacks.')
            )}
            <TextField
              label="Within"
              value={String(terms.within ?? '')}
              hint="Like 10m, 1h; a day at most."
              onInput={set('within')}
            />
            <TextField
              label="For each"
              rows={2}
              value={Array.isArray(terms.per) ? terms.per.join('\n') : ''}
              hint="Facts that are counted by themselves, one per line: app_id"
              onInput={(next) => set('per')(next === '' ? undefined : next.split('\n'))}
            />
            <TextField
              label="Cooldown"
              value={typeof cooldown === 'string' ? cooldown : ''}
              hint="How long it is quiet after firing. Default: as long as Within."
              onInput={(next) => editing.set(['cooldown'], next === '' ? undefined : next)}
            />
          </div>
          {'share' in terms && (
            <>
              <h3>Among the callbacks for which</h3>
              <ConditionEditor
                value={terms.among}
                path={['threshold', 'among']}
                editing={editing}
                catalogue={catalogue}
                on={on}
              />
            </>
          )}
        </div>
      )}
    </>
  );
}
