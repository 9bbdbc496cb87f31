import { useState } from 'preact/hooks';
import { pretty } from '../../../authoring/pretty.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/field.tsx';
import { changeFile, draft } from '../../state/draft.ts';
import { go, to } from '../../state/router.ts';
import { draftTexts, inForce } from '../../state/rulebook.ts';
import { useStore } from '../../state/store.ts';

/** What beside rules and lists belongs to a rulebook: each folder with the skeleton of a new file. */
const FOLDERS = [
  {
    folder: 'tests',
    title: 'Stories',
    verb: 'New story',
    skeleton: (name: string) => ({
      name,
      why: 'Say what this sequence of callbacks shows.',
      steps: [
        {
          name: 'a person writes STOP',
          at: '2026-11-20T10:00:00Z',
          sample: 'stop',
          then: { fires: ['stop'] },
        },
      ],
    }),
  },
  {
    folder: 'guardrails',
    title: 'Guardrails',
    verb: 'New guardrail',
    skeleton: (name: string) => ({
      name,
      why: 'Say what this protects.',
      callback: {},
      must: ['suppress'],
    }),
  },
  {
    folder: 'conditions',
    title: 'Shared conditions',
    verb: 'New shared condition',
    skeleton: (name: string) => ({
      name,
      why: 'Say what this is for.',
      when: { fact: 'channel', operator: 'equal', value: 'SMS' },
    }),
  },
] as const;

/** Stories, guardrails and shared conditions of the draft, each with its page. */
export function OtherFiles() {
  useStore(draft);
  const version = useStore(inForce);
  if (!version) return null;
  const texts = draftTexts();
  return (
    <details>
      <summary>Stories, guardrails and shared conditions</summary>
      <div class="stack">
        {FOLDERS.map(({ folder, title, verb, skeleton }) => {
          const names = Object.keys(texts)
            .filter((file) => file.startsWith(`${folder}/`))
            .map((file) => file.slice(folder.length + 1, -'.json'.length));
          const create = (name: string) => {
            changeFile(`${folder}/${name}.json`, `${pretty(skeleton(name))}\n`, version);
            go(to('publish', folder, name));
          };
          return (
            <section key={folder} class="stack tight">
              <div class="page-head">
                <h3>{title}</h3>
                <NewFile small verb={verb} known={names} create={create} />
              </div>
              <ul class="row">
                {names.map((name) => (
                  <li key={name}>
                    <a href={to('publish', folder, name)}>{name}</a>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </details>
  );
}

/** Asks for the name of a new file. */
export function NewFile(props: {
  verb: string;
  small?: boolean;
  known: readonly string[];
  create: (name: string) => void;
}) {
  const [name, setName] = useState('');
  return (
    <ConfirmButton
      verb={props.verb}
      title={props.verb}
      {...(props.small && { class: 'small' })}
      optional
      confirm={() => {
        if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
          throw new Error('The name: lower-case words joined by "-".');
        if (props.known.includes(name)) throw new Error(`${name} exists already.`);
        props.create(name);
      }}
    >
      <TextField label="Name" value={name} onInput={setName} required />
    </ConfirmButton>
  );
}
