import { NumberField, SelectField, TextField } from '../../parts/field.tsx';
import type { Catalogue } from '../../worker/protocol.ts';
import { type Condition, type ConditionProps, Tools } from './condition-tools.tsx';
import { HoursField, officeHours } from './hours.tsx';

/** A path to begin with: what an author attaches is mostly an order. */
export const firstPath = (fact: Catalogue['facts'][number] | undefined): string =>
  fact?.examplePath ?? 'order.id';

/** A comparison: a fact by its meaning, an operator that suits it, a value or a list. */
export function Comparison(props: ConditionProps & { readonly value: Condition }) {
  const { value, path, editing, catalogue, on, remove } = props;
  const name = String(value.fact ?? '');
  const fact = catalogue.facts.find((one) => one.name === name);
  const type = fact?.type ?? 'json';
  const operators = catalogue.operators.filter(({ values }) => Object.hasOwn(values, type));
  const operator = catalogue.operators.find((one) => one.name === value.operator);
  const choose = (next: string) => {
    const chosen = catalogue.facts.find((one) => one.name === next);
    const suits = operator && chosen && Object.hasOwn(operator.values, chosen.type);
    editing.set(
      path,
      suits && chosen.type === type
        ? { ...value, fact: next }
        : {
            fact: next,
            operator: 'present',
            ...(chosen?.type === 'json' ? { path: firstPath(chosen) } : {}),
          },
    );
  };
  const operate = (next: string) => {
    const chosen = catalogue.operators.find((one) => one.name === next);
    const { value: _, ...rest } = value;
    const kept = chosen && fits(value.value, chosen.values[type], chosen.takesList);
    editing.set(path, {
      ...rest,
      operator: next,
      ...(chosen?.takesNothing
        ? {}
        : { value: kept ? value.value : firstValue(chosen?.values[type], fact?.known ?? []) }),
    });
  };
  return (
    <fieldset class="condition">
      <legend>{fact?.label ?? 'Condition'}</legend>
      <div class="fields">
        <SelectField
          label="Fact"
          value={name}
          options={factOptions(catalogue, on)}
          hint={fact?.description}
          onChange={choose}
        />
        {type === 'json' && (
          <TextField
            label="Path"
            value={String(value.path ?? '')}
            hint={`Names and positions joined by dots: ${firstPath(fact)}`}
            onInput={(next) => editing.set([...path, 'path'], next)}
          />
        )}
        <SelectField
          label="Operator"
          value={String(value.operator ?? '')}
          options={operators.map((one) => [one.name, one.label] as const)}
          hint={operator?.description}
          onChange={operate}
        />
        {operator && !operator.takesNothing && (
          <Operand
            type={type}
            operator={operator}
            known={fact?.known ?? []}
            lists={catalogue.lists}
            value={value.value}
            set={(next) => editing.set([...path, 'value'], next)}
          />
        )}
      </div>
      <Tools path={path} editing={editing} wrap={{ any: [value] }} remove={remove} />
    </fieldset>
  );
}

const factOptions = ({ facts }: Catalogue, on: readonly string[]) =>
  facts
    .filter(({ triggers }) => triggers.length === 0 || triggers.some((one) => on.includes(one)))
    .map(({ name, label }) => [name, `${label} (${name})`] as const)
    .toSorted(([, a], [, b]) => (a < b ? -1 : 1));

type Schema = Catalogue['operators'][number]['values'][string] | undefined;

function fits(value: unknown, schema: Schema, takesList: boolean): boolean {
  if (typeof value === 'object' && value !== null && 'list' in value) return takesList;
  if (schema?.type === 'array') return Array.isArray(value);
  if (schema?.type === undefined) return !Array.isArray(value) && value !== undefined;
  return typeof value === schema.type;
}

function firstValue(schema: Schema, known: readonly string[]): unknown {
  if (schema?.type === 'array') return [known[0] ?? ''];
  if (schema?.type === 'number') return 1;
  if (schema?.type === 'boolean') return true;
  if (schema?.type === 'object') return officeHours();
  return known[0] ?? '';
}

interface OperandProps {
  readonly type: string;
  readonly operator: Catalogue['operators'][number];
  readonly known: readonly string[];
  readonly lists: readonly string[];
  readonly value: unknown;
  readonly set: (value: unknown) => void;
}

/** What a fact is compared with: values, or a named list. */
function Operand(props: OperandProps) {
  const { operator, type, value, lists, set } = props;
  const named = typeof value === 'object' && value !== null && 'list' in value;
  const held = named ? (value as { readonly list: unknown }).list : undefined; // just asked
  return (
    <>
      {operator.takesList && lists.length > 0 && (
        <SelectField
          label="Compared with"
          value={named ? 'list' : 'value'}
          options={[
            ['value', 'a value'],
            ['list', 'a list'],
          ]}
          onChange={(next) =>
            set(
              next === 'list' ? { list: lists[0] } : firstValue(operator.values[type], props.known),
            )
          }
        />
      )}
      {named ? (
        <ListNames lists={lists} held={held} set={(list) => set({ list })} />
      ) : (
        <ValueField {...props} />
      )}
    </>
  );
}

function ListNames(props: {
  lists: readonly string[];
  held: unknown;
  set: (list: unknown) => void;
}) {
  const { lists, held, set } = props;
  if (Array.isArray(held)) {
    return (
      <TextField
        label="Lists"
        rows={2}
        value={held.join('\n')}
        hint="One per line."
        onInput={(next) => set(next.split('\n'))}
      />
    );
  }
  return <SelectField label="List" value={String(held)} options={lists} onChange={set} />;
}

function ValueField({ type, operator, known, value, set }: OperandProps) {
  const schema = operator.values[type];
  if (schema?.type === 'boolean') {
    return (
      <SelectField
        label="Value"
        value={String(value)}
        options={['true', 'false']}
        onChange={(next) => set(next === 'true')}
      />
    );
  }
  if (schema?.type === 'number') {
    return <NumberField label="Value" value={value} onInput={(next) => set(next ?? 0)} />;
  }
  if (schema?.type === 'object') return <HoursField value={value} set={set} />;
  const several = schema?.type === 'array' || schema?.anyOf?.some((one) => one.type === 'array');
  const number = schema?.items?.type === 'number';
  if (several) {
    const lines = Array.isArray(value) ? value.map(String) : [String(value ?? '')];
    const one = schema?.type !== 'array';
    return (
      <TextField
        label="Value"
        rows={Math.min(Math.max(lines.length, 1), 6)}
        value={lines.join('\n')}
        hint="One per line."
        onInput={(next) => {
          const values = next.split('\n').map((line) => (number ? Number(line) : line));
          set(one && values.length === 1 ? values[0] : values);
        }}
      />
    );
  }
  return (
    <TextField
      label="Value"
      value={typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')}
      {...(known.length > 0 ? { list: known } : {})}
      hint={known.length > 0 ? `Known: ${known.slice(0, 6).join(', ')}` : undefined}
      onInput={set}
    />
  );
}
