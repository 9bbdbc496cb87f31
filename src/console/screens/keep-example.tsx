import { useState } from 'preact/hooks';
import { depersonalize } from '../../authoring/depersonalize.ts';
import { addItem } from '../../authoring/text-edits.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { CheckField, SelectField, TextField } from '../parts/field.tsx';
import { changeFile } from '../state/draft.ts';
import { draftTexts, inForce } from '../state/rulebook.ts';
import type { Trial } from '../worker/protocol.ts';

/** Keeps the tried callback as an example of a rule in the draft. */
export function KeepExample(props: {
  trial: Trial;
  at: string | undefined;
  given: Readonly<Record<string, unknown>>;
  rule: string;
}) {
  const { trial, at, given } = props;
  const results = trial.draft.length > 0 ? trial.draft : trial.base;
  const listening = results.filter(({ outcome }) => outcome !== 'not-listening');
  const [chosen, setChosen] = useState(props.rule);
  const [name, setName] = useState('');
  const rule = chosen || (listening[0]?.rule ?? '');
  const now = results.find((one) => one.rule === rule)?.fired ?? false;
  const [expected, setExpected] = useState<boolean>();
  const fires = expected ?? now;
  const keep = () => {
    const file = `${rule}.json`;
    const text = draftTexts()[file];
    const version = inForce.get();
    if (text === undefined || !version) throw new Error(`no rule is called ${rule}`);
    const known: unknown = Object(JSON.parse(text)).examples;
    const example = {
      name: name.trim() || (fires ? 'fires' : 'does not fire'),
      callback: depersonalize(trial.callback).callback,
      fires,
      ...(Object.keys(given).length > 0 ? { given } : {}),
      ...(at === undefined ? {} : { at }),
    };
    const count = Array.isArray(known) ? known.length : 0;
    changeFile(file, addItem(text, ['examples'], count, example), version);
  };
  return (
    <ConfirmButton verb="Keep as example" title="Keep as example" optional confirm={keep}>
      <SelectField
        label="Of rule"
        value={rule}
        options={listening.map((one) => one.rule)}
        onChange={setChosen}
      />
      <TextField label="Name" value={name} onInput={setName} placeholder="What it shows" />
      <CheckField label="The rule must fire" checked={fires} onChange={setExpected} />
      <p class="soft small">
        At the moment {rule} {now ? 'fires' : 'does not fire'} for this callback. The example goes
        into your draft, without names and addresses of people. Read its text: it stays as it was
        written.
      </p>
    </ConfirmButton>
  );
}
