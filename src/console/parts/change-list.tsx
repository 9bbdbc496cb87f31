import type { TreeLine } from '../../rules/explain/diff.ts';
import type { Change } from '../worker/protocol.ts';
import { Empty } from './states.tsx';
import './change-list.css';

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
          {change.change === 'changed' && change.old === undefined ? (
            // A remark, no text that is new: "the sentence stays".
            change.new !== undefined && <p class="soft">{change.new}</p>
          ) : (
            <OldNew old={change.old} now={change.new} />
          )}
          {change.details?.map(({ what, old, new: now }) => (
            <div key={what}>
              <span class="soft small">{what}</span>
              <OldNew old={old} now={now} />
            </div>
          ))}
          {change.tree && <Tree lines={change.tree} />}
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

/** Routes with what changed: a screen reader hears the change before its line. */
const Tree = ({ lines }: { lines: readonly TreeLine[] }) => (
  <div class="mono small">
    {lines.map(({ change, text }, index) => (
      <p key={`${index} ${text}`} class={change === 'same' ? 'soft' : CLASSES[change]}>
        {change !== 'same' && <span class="visually-hidden">{change}: </span>}
        {text || ' '}
      </p>
    ))}
  </div>
);

const CLASSES = { added: 'new', removed: 'old' } as const;

/** Two columns where the page is wide enough, else old above new. A text that was added or removed has the whole width. */
const OldNew = ({ old, now }: { old: string | undefined; now: string | undefined }) => (
  <div class={old !== undefined && now !== undefined ? 'old-new both' : 'old-new'}>
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
  </div>
);
