import type { Editing, Path } from '../../../authoring/text-edits.ts';
import { SelectField } from '../../parts/field.tsx';
import type { Catalogue, FormSchema, ShownText } from '../../worker/protocol.ts';
import { SchemaField } from './schema-field.tsx';

interface ActionsProps {
  readonly value: readonly unknown[];
  readonly texts: readonly ShownText[];
  readonly editing: Editing;
  readonly catalogue: Catalogue;
}

/** What a rule does: its actions in order, each with its params. */
export function Actions({ value, texts, editing, catalogue }: ActionsProps) {
  return (
    <>
      {value.map((call, at) => (
        <ActionEditor
          key={`${at} of ${value.length}`}
          call={Object(call)}
          texts={texts.filter((text) => text.at === at)}
          path={['then', at]}
          editing={editing}
          catalogue={catalogue}
          removable={value.length > 1}
        />
      ))}
      <div>
        <button
          type="button"
          class="small"
          onClick={() =>
            editing.add(['then'], value.length, {
              action: 'alert',
              params: { severity: 'low', title: 'Look at {{app_id}}' },
            })
          }
        >
          Add action
        </button>
      </div>
    </>
  );
}

function ActionEditor(props: {
  call: Readonly<Record<string, unknown>>;
  texts: readonly ShownText[];
  path: Path;
  editing: Editing;
  catalogue: Catalogue;
  removable: boolean;
}) {
  const { call, texts, path, editing, catalogue, removable } = props;
  const action = catalogue.actions.find(({ name }) => name === call.action);
  const params: Readonly<Record<string, unknown>> = Object(call.params ?? {});
  const choose = (next: string) => {
    const chosen = catalogue.actions.find(({ name }) => name === next);
    const needed = neededParams(chosen?.params, catalogue);
    editing.set(path, {
      action: next,
      ...(Object.keys(needed).length > 0 ? { params: needed } : {}),
    });
  };
  const setParam = (key: string, value: unknown) => {
    if (call.params === undefined) editing.set([...path, 'params'], { [key]: value });
    else editing.set([...path, 'params', key], value);
  };
  return (
    <fieldset class="condition">
      <legend>{action?.name ?? 'Action'}</legend>
      <p class="soft small">{action?.description}</p>
      <div class="fields">
        <SelectField
          label="Action"
          value={String(call.action ?? '')}
          options={catalogue.actions.map(({ name }) => name)}
          onChange={choose}
        />
        {Object.entries(action?.params.properties ?? {}).map(([key, schema]) => {
          const isTemplate = action?.templates.includes(key) ?? false;
          const field = (
            <SchemaField
              key={key}
              label={key.replaceAll('_', ' ')}
              schema={schema}
              value={params[key]}
              required={action?.params.required?.includes(key) ?? false}
              {...(isTemplate ? { rows: 2 } : {})}
              {...proposedFor(key, action?.name, catalogue)}
              set={(value) => setParam(key, value)}
            />
          );
          if (!isTemplate) return field;
          const filled = texts.find(({ param }) => param === key)?.text;
          return (
            <div key={key} class="wide stack tight">
              {field}
              {filled !== undefined && filled !== params[key] && <Filled text={filled} />}
            </div>
          );
        })}
      </div>
      {removable && (
        <div>
          <button type="button" class="small plain" onClick={() => editing.set(path, undefined)}>
            Remove action
          </button>
        </div>
      )}
    </fieldset>
  );
}

/** A text with the facts of the rule's first firing example in it. */
const Filled = ({ text }: { text: string }) => (
  <figure class="bubble">
    <figcaption>As it will look</figcaption>
    <p class="verbatim">{text}</p>
  </figure>
);

/** Params that must be there, each with a first value. */
function neededParams(
  schema: FormSchema | undefined,
  { destinations }: Catalogue,
): Readonly<Record<string, unknown>> {
  const needed = schema?.required ?? [];
  return Object.fromEntries(
    needed.map((key) => {
      const one = schema?.properties?.[key];
      const first =
        one?.enum?.at(-1) ?? one?.examples?.[0] ?? one?.minimum ?? destinations[0] ?? 'text';
      return [key, first];
    }),
  );
}

/** A destination is the only text that a param called "to" can be, unless its schema says what else it is. */
function proposedFor(
  key: string,
  action: string | undefined,
  { actions, destinations }: Catalogue,
): { readonly proposed?: readonly string[] } {
  const schema = actions.find(({ name }) => name === action)?.params.properties?.[key];
  return key === 'to' && schema?.examples === undefined ? { proposed: destinations } : {};
}
