import { useState } from 'preact/hooks';
import type { ScreenProps } from '../app.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Ways } from '../parts/rule-parts.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { isoOf, localOf } from '../state/time.ts';
import { useRules } from '../state/use-rules.ts';
import type { AlertTree, Branch } from '../worker/protocol.ts';
import { AlertGroups, Silences } from './alerts/groups.tsx';
import { RoutesEditor } from './alerts/routes-editor.tsx';
import { SendTest } from './alerts/send-test.tsx';
import './alerts/alerts.css';

/** `/console/alerts`: where alerts go, who is notified when, and what was sent. `/console/alerts/<id>`: one group in front. */
export function Alerts({ path }: ScreenProps) {
  const tree = useRules('alerts', 'draft', 'draft');
  return (
    <Page title="Alerts" actions={<SendTest />}>
      <AlertGroups wanted={path[0]} />
      <Silences />
      <section class="stack tight">
        <h2>Routes</h2>
        <Shown loaded={tree} what="the routes">
          {(known) =>
            known === null ? (
              <Empty>alerts.json has errors. Its findings are on Publish.</Empty>
            ) : (
              <Tree tree={known} />
            )
          }
        </Shown>
        <RoutesEditor />
      </section>
      <WhoIsNotified />
    </Page>
  );
}

function Tree({ tree }: { tree: AlertTree }) {
  return (
    <div class="card stack">
      <ol class="tree">
        <li>
          <span class="branch">
            <strong>Every alert</strong> {tree.settings.join(', ')}
          </span>
          <ol>
            {tree.routes.map((branch) => (
              <BranchItem key={branch.name} branch={branch} />
            ))}
            <li>
              <span class="branch">
                otherwise <Destinations names={[tree.default]} />
              </span>
            </li>
          </ol>
        </li>
      </ol>
      {tree.inhibitions.length > 0 && (
        <div>
          <h3>Muted by another alert</h3>
          <ul>
            {tree.inhibitions.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </div>
      )}
      {tree.fallbacks.length > 0 && (
        <div>
          <h3>When a destination fails</h3>
          <ul>
            {tree.fallbacks.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </div>
      )}
      <p class="soft small">
        Destinations: {tree.destinations.map(({ name, type }) => `${name} (${type})`).join(', ')}
      </p>
    </div>
  );
}

const BranchItem = ({ branch }: { branch: Branch }) => (
  <li>
    <span class="branch">
      <strong>{branch.name}</strong>: {branch.match}
      {branch.to.length > 0 && <Destinations names={branch.to} />}
      {branch.schedule && <span class="badge">{branch.schedule}</span>}
      {branch.otherwise.length > 0 && (
        <>
          {' '}
          outside <Destinations names={branch.otherwise} />
        </>
      )}
      {branch.goesOn && <span class="badge">and goes on</span>}
      {branch.settings.length > 0 && <span class="soft small">{branch.settings.join(', ')}</span>}
    </span>
    {branch.routes.length > 0 && (
      <ol>
        {branch.routes.map((inner) => (
          <BranchItem key={inner.name} branch={inner} />
        ))}
      </ol>
    )}
  </li>
);

const Destinations = ({ names }: { names: readonly string[] }) => (
  <span class="row destinations">
    <span aria-hidden="true">→</span>
    <span class="visually-hidden">goes to</span>
    {names.map((name) => (
      <span key={name} class="badge good">
        {name}
      </span>
    ))}
  </span>
);

/** Whom a rule's alert would notify at a given hour, and how each destination would show it. */
function WhoIsNotified() {
  const rules = useRules('rules', 'draft', 'draft');
  const [rule, setRule] = useState('');
  const [time, setTime] = useState(localOf(Date.now()));
  const at = isoOf(time) ?? new Date().toISOString();
  const names = rules.value?.map(({ name }) => name) ?? [];
  const chosen = rule || names[0] || '';
  const ways = useRules('notified', `${chosen} ${at}`, { side: 'draft', rule: chosen, at });
  return (
    <section class="stack tight">
      <h2>Who is notified</h2>
      <div class="fields">
        <SelectField label="Rule" value={chosen} options={names} onChange={setRule} />
        <TextField
          label="Time"
          type="datetime-local"
          value={time}
          onInput={setTime}
          hint="In your zone."
        />
      </div>
      <Shown loaded={ways} what="who is notified">
        {(found) =>
          found.length === 0 ? (
            <Empty>{chosen} raises no alert, or has no example that fires.</Empty>
          ) : (
            <Ways ways={found} />
          )
        }
      </Shown>
    </section>
  );
}
