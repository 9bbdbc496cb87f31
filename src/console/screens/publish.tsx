import { useState } from 'preact/hooks';
import type { ScreenProps } from '../app.tsx';
import { ChangeList } from '../parts/change-list.tsx';
import { ConfirmButton } from '../parts/dialog.tsx';
import { CheckField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failure, NeedsRole, Shown } from '../parts/states.tsx';
import { download } from '../state/download.ts';
import { type Draft, draft, keepDraft } from '../state/draft.ts';
import { useLoad } from '../state/load.ts';
import { publishDraft, type Way } from '../state/publishing.ts';
import { to } from '../state/router.ts';
import { draftTexts, inForce, openRulebook, reopenRulebook } from '../state/rulebook.ts';
import { may } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { counted } from '../state/time.ts';
import { useRules } from '../state/use-rules.ts';
import { useWholeCheck } from '../state/whole-check.ts';
import { Backtest } from './publish/backtest.tsx';
import { ChangedMeanwhile } from './publish/changed-meanwhile.tsx';
import { FilePage } from './publish/file-page.tsx';
import { OtherFiles } from './publish/other-files.tsx';
import { Proof } from './publish/proof.tsx';
import { Versions } from './publish/versions.tsx';

/** `/console/publish`: what the draft changes, what proves it, and the versions that were in force. */
export function Publish({ path }: ScreenProps) {
  const [folder, name] = path;
  return folder !== undefined && name !== undefined ? (
    <FilePage key={path.join('/')} file={`${folder}/${name}.json`} />
  ) : (
    <WholeDraft />
  );
}

function WholeDraft() {
  const opened = useLoad('rulebook', openRulebook);
  const version = useStore(inForce);
  const kept = useStore(draft);
  const [done, setDone] = useState<string>();
  return (
    <Page
      title="Publish"
      actions={
        <button
          type="button"
          disabled={!version}
          onClick={() => version && download(version.texts)}
        >
          Download
        </button>
      }
    >
      {opened.error && <Failure error={opened.error} again={opened.again} />}
      {done && (
        <p class="note good" role="status">
          {done}
        </p>
      )}
      {version && kept && kept.base !== version.version && (
        <ChangedMeanwhile kept={kept} now={version} />
      )}
      {version && (kept ? <DraftPanel kept={kept} done={setDone} /> : <NoDraft />)}
      {version && <OtherFiles />}
      <Versions />
    </Page>
  );
}

const NoDraft = () => (
  <Empty>
    You have no draft. Open a rule in <a href={to('rules')}>Rules</a> and choose Edit: what you
    change waits here until you publish it.
  </Empty>
);

function DraftPanel({ kept, done }: { kept: Draft; done: (words: string) => void }) {
  const changes = useRules('changes', '', null);
  const whole = useWholeCheck();
  const errors = whole.value?.findings.filter(({ severity }) => severity === 'error') ?? [];
  const checked = whole.value !== undefined && !whole.loading;
  return (
    <>
      <section class="stack tight">
        <div class="page-head">
          <h2>What changes</h2>
          <ConfirmButton
            verb="Discard all"
            title="Discard your whole draft"
            danger
            optional
            confirm={() => keepDraft(null)}
          >
            <p>{counted(Object.keys(kept.changes).length, 'changed file')} will be lost.</p>
          </ConfirmButton>
        </div>
        <Shown loaded={changes} what="the changes">
          {(all) => <ChangeList changes={all} label="Changes" />}
        </Shown>
      </section>
      <Proof whole={whole} />
      <Backtest kept={kept} />
      {may('author') ? (
        <PublishForm kept={kept} ready={checked && errors.length === 0} done={done} />
      ) : (
        <NeedsRole needed="author" what="Publishing" />
      )}
    </>
  );
}

const WAYS: readonly (readonly [Way, string])[] = [
  ['Publish', 'The draft decides within a minute.'],
  [
    'Publish in shadow',
    'The draft decides beside the version in force; its decisions are on record, and nothing is done.',
  ],
  ['Store', 'The draft becomes a version that can be put in force later. Nothing else changes.'],
];

function PublishForm(props: { kept: Draft; ready: boolean; done: (words: string) => void }) {
  const { kept, ready, done } = props;
  const [message, setMessage] = useState('');
  const [replace, setReplace] = useState(false);
  const current = useStore(inForce);
  const outdated = current !== undefined && kept.base !== current.version;
  const removes = Object.entries(kept.changes).some(
    ([file, text]) => file.startsWith('guardrails/') && text === null,
  );
  const publish = (way: Way) => async (reason: string) => {
    const words = reason === message.trim() ? reason : `${message.trim()} (${reason})`;
    try {
      const { version } = await publishDraft(
        way,
        words,
        { base: kept.base, texts: draftTexts() },
        replace,
      );
      done(`${DONE[way]} as version ${version.slice(0, 8)}.`);
    } catch (error) {
      // The screen then shows what changed meanwhile, and what to do about it.
      if (error instanceof Error && 'code' in error && error.code === 'changed_meanwhile')
        await reopenRulebook();
      throw error;
    }
  };
  return (
    <section class="card stack">
      <h2>Publish</h2>
      <TextField
        label="Message"
        value={message}
        onInput={setMessage}
        required
        max={500}
        hint="What this changes and why, for the history of versions."
      />
      {removes && may('admin') && (
        <CheckField
          label="Take away the guardrails that the draft deletes"
          checked={replace}
          onChange={setReplace}
        />
      )}
      {outdated && (
        <p class="soft small">
          Something else was put in force meanwhile: take it over above before you publish.
        </p>
      )}
      <div class="row">
        {WAYS.map(([way, words]) => (
          <ConfirmButton
            key={way}
            verb={way}
            title={way}
            class={way === 'Publish' ? 'primary' : ''}
            disabled={message.trim() === '' || !ready || (outdated && way === 'Publish')}
            reason={message.trim()}
            confirm={publish(way)}
          >
            <p>{words}</p>
          </ConfirmButton>
        ))}
        {!ready && <span class="soft small">Waits for a check without errors.</span>}
      </div>
    </section>
  );
}

const DONE: Readonly<Record<Way, string>> = {
  Publish: 'Published and in force',
  'Publish in shadow': 'In shadow',
  Store: 'Stored',
};
