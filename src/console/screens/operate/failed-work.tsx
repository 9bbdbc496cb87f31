import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, part } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { type Paged, Pages, usePages } from '../../parts/more.tsx';
import { Empty, Failure } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { may, session } from '../../state/session.ts';
import { count } from '../../state/time.ts';
import { Bulk } from './bulk.tsx';

/** Work that failed: a dead letter, or a body in quarantine. */
interface Failed {
  readonly id: string;
  readonly redelivered_at: string | null;
  readonly dropped: string | null;
}

interface FailedWorkProps<T> {
  readonly title: string;
  /** Where the API has them: `/v1/dead-letters`. */
  readonly path: string;
  /** What redelivering does, for the dialog. */
  readonly redelivers: string;
  readonly empty: string;
  readonly load: (before: string | undefined) => Promise<Paged<T>>;
  readonly nameOf: (item: T) => string;
  readonly children: (item: T) => ComponentChildren;
}

const DROPS = 'It stays on record and is counted no longer.';

/** A list of failed work: each entry, those that are chosen, or all can be redelivered or dropped. */
export function FailedWork<T extends Failed>(props: FailedWorkProps<T>) {
  const { title, path, redelivers, nameOf, children } = props;
  const pages = usePages<T>(title, props.load);
  const isOpen = ({ redelivered_at: at, dropped }: T) => at === null && dropped === null;
  const actor = session.get()?.name;
  return (
    <>
      <div class="page-head">
        <h2>{title}</h2>
        {may('admin') && pages.items.some(isOpen) && (
          <div class="row">
            <Everything path={path} verb="Redeliver" does={redelivers} done={pages.again} />
            <Everything path={path} verb="Drop" does={DROPS} done={pages.again} />
          </div>
        )}
      </div>
      <Pages pages={pages} what={title.toLowerCase()} empty={<Empty>{props.empty}</Empty>}>
        {(items) => (
          <Bulk
            label={title}
            items={items}
            done={pages.again}
            nameOf={nameOf}
            isOpen={isOpen}
            operations={[
              {
                verb: 'Redeliver',
                does: redelivers,
                run: ({ id }, reason) =>
                  call('POST', `${path}/${part(id)}/redeliver`, { query: { reason } }),
              },
              {
                verb: 'Drop',
                danger: true,
                does: DROPS,
                run: ({ id }, reason) =>
                  call('POST', `${path}/${part(id)}/drop`, { body: { actor, reason } }),
              },
            ]}
          >
            {(item) => (
              <>
                {children(item)}
                {item.redelivered_at && (
                  <p class="small">
                    Redelivered <Time at={item.redelivered_at} />
                  </p>
                )}
                {item.dropped && <p class="small verbatim">Dropped: {item.dropped}</p>}
              </>
            )}
          </Bulk>
        )}
      </Pages>
    </>
  );
}

interface EverythingProps {
  readonly path: string;
  readonly verb: 'Redeliver' | 'Drop';
  readonly does: string;
  readonly done: () => void;
}

/** Settles all open entries, listed or not. A dry run counts them before the operation can be confirmed. */
function Everything({ path, verb, does, done }: EverythingProps) {
  const [selected, setSelected] = useState<number>();
  const address = `${path}/${verb.toLowerCase()}`;
  const actor = session.get()?.name;
  const run = async (reason: string) => {
    let after: string | undefined;
    do {
      const { next } = await call<{ next?: string | null }>('POST', address, {
        body: { actor, reason, ...(after === undefined ? {} : { after }) },
      });
      after = next ?? undefined;
    } while (after !== undefined);
    done();
  };
  return (
    <ConfirmButton
      verb={verb}
      label={`${verb} all`}
      title={`${verb} everything that is open`}
      danger={verb === 'Drop'}
      class={`small ${verb === 'Drop' ? 'danger' : ''}`}
      ready={selected !== undefined && selected > 0}
      confirm={run}
    >
      <p>{does}</p>
      <DryRun address={address} found={setSelected} />
    </ConfirmButton>
  );
}

/** Says how many entries an operation would take. */
function DryRun({ address, found }: { address: string; found: (count: number) => void }) {
  const [selected, setSelected] = useState<number>();
  const [fault, setFault] = useState<Error>();
  // Once, when the dialog opens
  useEffect(() => {
    const body = { actor: session.get()?.name, reason: 'a dry run', dry_run: true };
    call<{ count: number }>('POST', address, { body }).then((answer) => {
      setSelected(answer.count);
      found(answer.count);
    }, setFault);
  }, []);
  if (fault) return <Failure error={fault} />;
  return (
    <p class="note small" role="status">
      {selected === undefined
        ? 'Counting …'
        : `Dry run: it takes ${count(selected)} open ${selected === 1 ? 'entry' : 'entries'}.`}
    </p>
  );
}
