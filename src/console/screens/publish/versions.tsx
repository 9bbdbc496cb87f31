import type * as v from 'valibot';
import type { RulebooksAnswer } from '../../../api/rulebooks/rulebooks.ts';
import { call, part } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useLoad } from '../../state/load.ts';
import { inForce, reopenRulebook } from '../../state/rulebook.ts';
import { may } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import { counted } from '../../state/time.ts';

type Answer = v.InferOutput<typeof RulebooksAnswer>;

/** How many versions are listed. */
const MOST = 30;

/** Every version, newest first: what was put in force when, by whom and why. */
export function Versions() {
  const current = useStore(inForce)?.version ?? '';
  const versions = useLoad(`versions ${current}`, (signal) =>
    call<Answer>('GET', '/v1/rulebooks', { signal }),
  );
  return (
    <section class="stack tight">
      <h2>Versions</h2>
      <Shown loaded={versions} what="versions">
        {(answer) => <List answer={answer} changed={versions.again} />}
      </Shown>
    </section>
  );
}

function List({ answer, changed }: { answer: Answer; changed: () => void }) {
  const { versions, in_force: now, history } = answer;
  const previous = previousOf(answer);
  const put = (path: string) => async (reason: string) => {
    await call('POST', path, { body: { message: reason, builds_on: now } });
    await reopenRulebook();
    changed();
  };
  const end = async () => {
    await call('DELETE', '/v1/rulebooks/shadow');
    changed();
  };
  const known = versions.slice(0, MOST);
  return (
    <>
      {answer.shadow !== null && (
        <p class="note row">
          Version <span class="mono">{answer.shadow.slice(0, 8)}</span> is in shadow.
          {may('author') && (
            <ConfirmButton verb="End shadow" title="End the shadow" optional confirm={end} />
          )}
        </p>
      )}
      <ul class="rows" aria-label="Versions">
        {known.map(({ version, author, message, at, rules, in_force: active, shadow, origin }) => (
          <li key={version}>
            <div class="row">
              <strong class="verbatim">
                {origin === 'bundled' ? 'Came with the deployment' : message || 'Without a message'}
              </strong>
              {active && <span class="badge good">In force</span>}
              {shadow && <span class="badge unknown">Shadow</span>}
            </div>
            <p class="soft small">
              <span class="mono">{version.slice(0, 8)}</span>, {author},{' '}
              {Date.parse(at) > 0 && (
                <>
                  <Time at={at} />,{' '}
                </>
              )}
              {counted(rules, 'rule')}
            </p>
            {may('author') && !active && (
              <div class="row">
                {version === previous ? (
                  <ConfirmButton
                    verb="Roll back"
                    title={`Roll back to ${version.slice(0, 8)}`}
                    danger
                    class="danger small"
                    confirm={put('/v1/rulebooks/rollback')}
                  >
                    <p>The version that was in force before decides again.</p>
                  </ConfirmButton>
                ) : (
                  <ConfirmButton
                    verb="Put in force"
                    title={`Put ${version.slice(0, 8)} in force`}
                    class="small"
                    confirm={put(`/v1/rulebooks/${part(version)}/activate`)}
                  />
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
      <details>
        <summary>What was put in force</summary>
        <ul class="rows">
          {history.map(({ kind, version, at, actor, reason }, index) => (
            <li key={`${index} ${at}`} class="small">
              <span>
                <Time at={at} />: {kind}{' '}
                <span class="mono">{version?.slice(0, 8) ?? 'the bundled rules'}</span> by {actor}
                {reason && `: ${reason}`}
              </span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

/** The version that was in force before this one: where a roll-back leads. */
function previousOf({ history, in_force: now, bundled }: Answer): string | undefined {
  const steps = history.filter(({ kind }) => kind !== 'shadow');
  const before = steps.find(({ version }) => (version ?? bundled) !== now);
  if (before) return before.version ?? bundled;
  return steps.length > 0 && now !== bundled ? bundled : undefined;
}
