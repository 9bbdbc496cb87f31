import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { SelectField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Shown } from '../parts/states.tsx';
import { changeFile } from '../state/draft.ts';
import { quick } from '../state/evaluator.ts';
import { go, place, to } from '../state/router.ts';
import { inForce, openRulebook } from '../state/rulebook.ts';
import { startingCallback } from '../state/starting-callback.ts';
import { useStore } from '../state/store.ts';
import { useRules } from '../state/use-rules.ts';
import type { Catalogue } from '../worker/protocol.ts';
import { firstPath } from './edit/comparison.tsx';

/** `/console/rules/new`: a rule begins with a sentence; `?from=` makes a callback its first example. */
export function NewRule() {
  const catalogue = useRules('catalogue', '', null);
  return (
    <Page title="New rule">
      <Shown loaded={catalogue} what="the form">
        {(known) => <Skeleton catalogue={known} />}
      </Shown>
    </Page>
  );
}

function Skeleton({ catalogue }: { catalogue: Catalogue }) {
  const from = useStore(place).query.get('from') ?? '';
  const start = from === '' ? undefined : startingCallback.get();
  const [name, setName] = useState('');
  const [why, setWhy] = useState('');
  const [owner, setOwner] = useState('messaging-ops');
  const [trigger, setTrigger] = useState(start?.trigger ?? 'MESSAGE_INBOUND');
  const [fact, setFact] = useState('channel');
  const [path, setPath] = useState('');
  const [operator, setOperator] = useState('equal');
  const [value, setValue] = useState('SMS');
  const [action, setAction] = useState('alert');
  const [fault, setFault] = useState<string>();
  const facts = catalogue.facts.filter(
    ({ triggers }) => triggers.length === 0 || triggers.includes(trigger),
  );
  const chosen = facts.find((one) => one.name === fact);
  const operators = catalogue.operators.filter(({ values }) =>
    Object.hasOwn(values, chosen?.type ?? 'text'),
  );
  const takesNothing = operators.find((one) => one.name === operator)?.takesNothing ?? false;
  const isJson = chosen?.type === 'json';
  const compared = isJson ? `${fact}.${path}` : fact;
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setFault(undefined);
    if (catalogue.rules.includes(name)) {
      setFault(`A rule called ${name} exists. Choose another name.`);
      return;
    }
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
      setFault('The name: lower-case words joined by "-".');
      return;
    }
    try {
      const version = await openRulebook();
      const text = await quick.ask('draftRule', {
        name,
        why: why || 'Say why this rule exists.',
        owner,
        trigger,
        when: takesNothing ? `${compared} ${operator}` : `${compared} ${operator} ${value}`,
        action,
        ...(start && { callback: start.callback }),
      });
      changeFile(`${name}.json`, text, inForce.get() ?? version);
      go(to('rules', name, 'edit'));
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form class="stack" onSubmit={submit}>
      {start && (
        <p class="note">
          Begins with a callback of {start.trigger}: it becomes an example that must fire.
        </p>
      )}
      <div class="fields">
        <TextField
          label="Name"
          value={name}
          onInput={setName}
          required
          hint="Like billing-failed."
        />
        <TextField label="Owner" value={owner} onInput={setOwner} required />
      </div>
      <TextField label="Why" value={why} onInput={setWhy} rows={2} />
      <fieldset class="card stack">
        <legend class="visually-hidden">The rule as a sentence</legend>
        <div class="fields">
          <SelectField
            label="When a callback comes of"
            value={trigger}
            options={catalogue.triggers.map((one) => one.name)}
            onChange={setTrigger}
          />
          <SelectField
            label="whose"
            value={fact}
            options={facts.map((one) => [one.name, `${one.label} (${one.name})`] as const)}
            onChange={(next) => {
              setFact(next);
              const known = catalogue.facts.find((one) => one.name === next);
              setOperator('equal');
              setPath(firstPath(known));
              setValue(known?.known[0] ?? '');
            }}
          />
          {isJson && (
            <TextField
              label="path"
              value={path}
              onInput={setPath}
              required
              hint={`Names and positions joined by dots: ${firstPath(chosen)}`}
            />
          )}
          <SelectField
            label="operator"
            value={operator}
            options={operators.map((one) => [one.name, one.label] as const)}
            onChange={setOperator}
          />
          {!takesNothing && (
            <TextField label="value" value={value} onInput={setValue} list={chosen?.known ?? []} />
          )}
          <SelectField
            label="then"
            value={action}
            options={catalogue.actions.map((one) => one.name)}
            hint={catalogue.actions.find((one) => one.name === action)?.description}
            onChange={setAction}
          />
        </div>
      </fieldset>
      {fault && (
        <p class="note bad" role="alert">
          {fault}
        </p>
      )}
      <div class="row">
        <button type="submit" class="primary" disabled={name === ''}>
          Create in the draft
        </button>
        <a href={to('try')}>Begin with a sample or a past decision in Try</a>
      </div>
    </form>
  );
}
