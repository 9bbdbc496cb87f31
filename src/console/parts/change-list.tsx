import type { Change } from '../worker/protocol.ts';
import { Empty } from './states.tsx';

const MARK = { added: 'good', removed: 'bad', changed: 'warn' } as const;

/** Changes as sentences and single values, old beside new. */
export const ChangeList = ({ changes, label }: { changes: readonly Change[]; label?: string }) =>
  changes.length === 0 ? (
    <Empty>Nothing is different.</Empty>
  ) : (
    <ul class="rows" aria-label={label}>
      {changes.map((change) => (
        <li key={`${change.file} ${change.what}`}>
          <div class="row">
            <strong>{change.what}</strong>
            <span class={`badge ${MARK[change.change]}`}>{change.change}</span>
          </div>
          <OldNew old={change.old} now={change.new} />
          {change.change === 'changed' &&
            change.values.map(({ path, old, new: now }) => (
              <div key={path}>
                <span class="soft small mono">{path}</span>
                <OldNew old={old} now={now} />
              </div>
            ))}
        </li>
      ))}
    </ul>
  );

const OldNew = ({ old, now }: { old: string | undefined; now: string | undefined }) => (
  <>
    {old !== undefined && (
      <p class="old">
        <span class="visually-hidden">Old: </span>
        {old}
      </p>
    )}
    {now !== undefined && (
      <p class="new">
        <span class="visually-hidden">New: </span>
        {now}
      </p>
    )}
  </>
);
