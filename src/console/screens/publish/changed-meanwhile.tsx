import { useState } from 'preact/hooks';
import { ChangeList } from '../../parts/change-list.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import type { Draft } from '../../state/draft.ts';
import { useLoad } from '../../state/load.ts';
import { changedMeanwhile, takeOver } from '../../state/publishing.ts';
import type { Version } from '../../state/rulebook.ts';
import { stamp } from '../../state/use-rules.ts';

const CHOICES = [
  ['', 'Choose'],
  ['mine', 'Keep mine'],
  ['theirs', 'Take theirs'],
] as const;

/** What another user put in force since the draft was begun: taken over where files differ, asked where they are the same. */
export function ChangedMeanwhile({ kept, now }: { kept: Draft; now: Version }) {
  const meanwhile = useLoad(`${kept.base} ${now.version} ${stamp(kept.changes)}`, () =>
    changedMeanwhile(kept, now),
  );
  const [choices, setChoices] = useState<Readonly<Record<string, string>>>({});
  return (
    <section class="note warn stack" aria-label="Changed meanwhile">
      <h2>Changed meanwhile</h2>
      <Shown loaded={meanwhile} what="what changed">
        {({ changes, conflicts, by }) => {
          const open = conflicts.filter((file) => !choices[file]);
          const theirs = new Set(conflicts.filter((file) => choices[file] === 'theirs'));
          return (
            <>
              <p>
                {by.author} put version <span class="mono">{by.version.slice(0, 8)}</span> in force{' '}
                <Time at={by.at} relative />: {by.message || 'without a message'}
              </p>
              <ChangeList changes={changes} label="Their changes" />
              {conflicts.length > 0 && (
                <>
                  <p>You both changed these files:</p>
                  <div class="fields">
                    {conflicts.map((file) => (
                      <SelectField
                        key={file}
                        label={file}
                        value={choices[file] ?? ''}
                        options={CHOICES}
                        onChange={(next) => setChoices({ ...choices, [file]: next })}
                      />
                    ))}
                  </div>
                </>
              )}
              <div>
                <button
                  type="button"
                  class="primary"
                  disabled={open.length > 0}
                  onClick={() => takeOver(theirs)}
                >
                  Take over
                </button>
              </div>
            </>
          );
        }}
      </Shown>
    </section>
  );
}
