import { SelectField } from '../../parts/field.tsx';
import { Comparison } from './comparison.tsx';
import { type Condition, type ConditionProps, Tools } from './condition-tools.tsx';

const GROUPS = [
  ['all', 'all of these hold'],
  ['any', 'any of these holds'],
  ['not', 'this does not hold'],
] as const;

const isCondition = (value: unknown): value is Condition =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A new comparison: of a fact that every callback has. */
const FIRST = { fact: 'channel', operator: 'equal', value: 'SMS' };

/** A condition: a comparison, a shared condition, or a group of conditions. */
export function ConditionEditor(props: ConditionProps) {
  const { value } = props;
  if (!isCondition(value))
    return <p class="note warn">This condition can only be edited in the JSON view.</p>;
  if ('condition' in value) return <SharedCondition {...props} value={value} />;
  if ('all' in value || 'any' in value || 'not' in value) return <Group {...props} value={value} />;
  return <Comparison {...props} value={value} />;
}

function Group(props: ConditionProps & { readonly value: Condition }) {
  const { value, path, editing, remove } = props;
  const kind = 'all' in value ? 'all' : 'any' in value ? 'any' : 'not';
  const held = value[kind];
  const children: readonly unknown[] = kind === 'not' ? [held] : Array.isArray(held) ? held : [];
  const turn = (next: string) => {
    if (next === 'not')
      editing.set(path, { not: children.length === 1 ? children[0] : { all: children } });
    else editing.set(path, { [next]: children });
  };
  const drop = (at: number) => {
    if (children.length > 1) editing.set([...path, kind, at], undefined);
    else remove?.();
  };
  const removable = children.length > 1 || remove !== undefined;
  const add = (item: unknown) => editing.add([...path, kind], children.length, item);
  return (
    <fieldset class="condition group">
      <legend>Group</legend>
      <div class="row">
        <SelectField label="Holds when" value={kind} options={GROUPS} onChange={turn} />
        {remove && (
          <button type="button" class="small plain" onClick={remove}>
            Remove group
          </button>
        )}
      </div>
      {children.map((child, at) => (
        <ConditionEditor
          key={`${at} of ${children.length}`}
          {...props}
          value={child}
          path={kind === 'not' ? [...path, 'not'] : [...path, kind, at]}
          remove={kind !== 'not' && removable ? () => drop(at) : undefined}
        />
      ))}
      {kind !== 'not' && (
        <div class="row">
          <button type="button" class="small" onClick={() => add(FIRST)}>
            Add condition
          </button>
          <button type="button" class="small" onClick={() => add({ any: [FIRST] })}>
            Add group
          </button>
          {props.catalogue.conditions.length > 0 && (
            <button
              type="button"
              class="small"
              onClick={() => add({ condition: props.catalogue.conditions[0] })}
            >
              Add shared condition
            </button>
          )}
        </div>
      )}
    </fieldset>
  );
}

function SharedCondition(props: ConditionProps & { readonly value: Condition }) {
  const { value, path, editing, catalogue, remove } = props;
  return (
    <fieldset class="condition">
      <legend>Shared condition</legend>
      <div class="fields">
        <SelectField
          label="Condition"
          value={String(value.condition)}
          options={catalogue.conditions}
          onChange={(next) => editing.set([...path, 'condition'], next)}
        />
      </div>
      <Tools {...props} wrap={{ any: [value] }} remove={remove} />
    </fieldset>
  );
}
