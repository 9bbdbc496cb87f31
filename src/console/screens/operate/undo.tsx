import { useState } from 'preact/hooks';
import { call } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { CheckField, TextField } from '../../parts/field.tsx';
import { Empty, Failure, WithRole } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { session } from '../../state/session.ts';
import { counted, isoOf, localOf } from '../../state/time.ts';

interface Person {
  readonly person: string;
  readonly channel: string | null;
  readonly identity: string | null;
  readonly at: string;
  readonly scope: string;
  readonly to: string;
}
interface Answer {
  readonly people: number;
  readonly changes: number;
  readonly affected: readonly Person[];
}

const DAY = 86_400_000;

/** Takes back what a wrong rule did to consent: first shown, then of the people who are chosen. */
export function Undo() {
  return (
    <>
      <h2>Undo consent</h2>
      <WithRole needed="admin" what="Taking back what a rule did to consent">
        <Form />
      </WithRole>
    </>
  );
}

function Form() {
  const [rule, setRule] = useState('');
  const [since, setSince] = useState(localOf(Date.now() - DAY));
  const [until, setUntil] = useState('');
  const [found, setFound] = useState<Answer>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [fault, setFault] = useState<Error>();
  const [said, setSaid] = useState<string>();
  const body = {
    rule: rule.trim(),
    since: isoOf(since) ?? '1d',
    ...(until === '' ? {} : { until: isoOf(until) }),
  };
  const look = async () => {
    setFault(undefined);
    setSaid(undefined);
    try {
      const answer = await call<Answer>('POST', '/v1/consent/undo', {
        body: { ...body, dry_run: true, actor: session.get()?.name, reason: 'a look first' },
      });
      setFound(answer);
      setChosen(new Set(answer.affected.map(({ person }) => person)));
    } catch (error) {
      setFault(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const undo = async (reason: string) => {
    const all = found?.affected.length === chosen.size;
    const answer = await call<Answer>('POST', '/v1/consent/undo', {
      body: {
        ...body,
        ...(all ? {} : { people: [...chosen] }),
        actor: session.get()?.name,
        reason,
      },
    });
    setFound(undefined);
    setSaid(`Taken back for ${counted(answer.people, 'person', 'people')}.`);
  };
  return (
    <div class="stack tight">
      <div class="fields">
        <TextField label="Rule" value={rule} onInput={setRule} />
        <TextField label="Since" type="datetime-local" value={since} onInput={setSince} />
        <TextField label="Until" type="datetime-local" value={until} onInput={setUntil} />
      </div>
      <div>
        <button type="button" onClick={look} disabled={rule.trim() === ''}>
          Show the people
        </button>
      </div>
      {fault && <Failure error={fault} />}
      {said && (
        <p class="note good" role="status">
          {said}
        </p>
      )}
      {found && found.affected.length === 0 && (
        <Empty>The rule changed no consent in this period.</Empty>
      )}
      {found && found.affected.length > 0 && (
        <>
          <ul class="rows" aria-label="People">
            {found.affected.map((one) => (
              <li key={`${one.person} ${one.at}`}>
                <CheckField
                  label={
                    <>
                      {one.channel ?? 'erased'} {one.identity ?? one.person}: {one.scope} {one.to},{' '}
                      <Time at={one.at} />
                    </>
                  }
                  checked={chosen.has(one.person)}
                  onChange={(on) => {
                    const next = new Set(chosen);
                    if (on) next.add(one.person);
                    else next.delete(one.person);
                    setChosen(next);
                  }}
                />
              </li>
            ))}
          </ul>
          <div>
            <ConfirmButton
              verb="Undo"
              title={`Undo for ${counted(chosen.size, 'person', 'people')}`}
              danger
              disabled={chosen.size === 0}
              confirm={undo}
            >
              <p>The changes stay in the history, marked, and no longer count.</p>
            </ConfirmButton>
          </div>
        </>
      )}
    </div>
  );
}
