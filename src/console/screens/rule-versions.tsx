import { useState } from 'preact/hooks';
import { call } from '../api.ts';
import { ChangeList } from '../parts/change-list.tsx';
import { Failure } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { quick } from '../state/evaluator.ts';
import { loadVersion } from '../state/rulebook.ts';
import type { Change } from '../worker/protocol.ts';

interface Version {
  readonly version: string;
  readonly author: string;
  readonly message: string;
  readonly at: string;
}
interface Step extends Version {
  readonly changes: readonly Change[];
}

/** How many versions are looked at; each is a request. */
const MOST = 10;

/** What changed about a rule from version to version: loaded when it is asked for. */
export function RuleVersions({ name }: { name: string }) {
  const [steps, setSteps] = useState<readonly Step[]>();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Error>();
  const load = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      setSteps(await stepsOf(name));
    } catch (error) {
      setFault(error instanceof Error ? error : new Error(String(error)));
    }
    setBusy(false);
  };
  return (
    <section class="stack tight">
      <h2>Version history</h2>
      {fault && <Failure error={fault} />}
      {steps === undefined ? (
        <div>
          <button type="button" onClick={load} disabled={busy}>
            {busy ? 'Loading …' : 'Show versions'}
          </button>
        </div>
      ) : steps.length === 0 ? (
        <p class="soft">The rule is the same in the last {MOST} versions.</p>
      ) : (
        steps.map(({ version, author, message, at, changes }) => (
          <div key={version} class="card stack tight">
            <p>
              <strong>{message || 'Without a message'}</strong>{' '}
              <span class="soft">
                by {author}, <Time at={at} />, version{' '}
                <span class="mono">{version.slice(0, 8)}</span>
              </span>
            </p>
            <ChangeList changes={changes} />
          </div>
        ))
      )}
    </section>
  );
}

async function stepsOf(name: string): Promise<readonly Step[]> {
  const { versions } = await call<{ versions: readonly Version[] }>('GET', '/v1/rulebooks');
  const looked = versions.slice(0, MOST);
  const loaded = await Promise.all(looked.map(({ version }) => loadVersion(version)));
  const steps: Step[] = [];
  for (const [index, version] of looked.entries()) {
    const [now, before] = [loaded[index], loaded[index + 1]];
    if (!now || !before) continue;
    const changes = await quick.ask('between', { old: before.texts, new: now.texts });
    const own = changes.filter(({ what }) => what === `rule ${name}`);
    if (own.length > 0) steps.push({ ...version, changes: own });
  }
  return steps;
}
