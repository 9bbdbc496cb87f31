import { CodeEditor } from '../../parts/code-editor.tsx';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { Page } from '../../parts/page.tsx';
import { Breaches, Faults } from '../../parts/proof.tsx';
import { Findings } from '../../parts/rule-parts.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { changeFile, draft } from '../../state/draft.ts';
import { quick } from '../../state/evaluator.ts';
import { useLoad } from '../../state/load.ts';
import { to } from '../../state/router.ts';
import { draftTexts, inForce, openRulebook } from '../../state/rulebook.ts';
import { useStore } from '../../state/store.ts';
import { counted } from '../../state/time.ts';
import { useWholeCheck } from '../../state/whole-check.ts';
import type { PageFinding } from '../../worker/protocol.ts';

/** `/console/publish/<folder>/<name>`: a story, a guardrail or a shared condition as JSON, with what is found in it. */
export function FilePage({ file }: { file: string }) {
  const opened = useLoad('rulebook', openRulebook);
  const version = useStore(inForce);
  useStore(draft);
  const title = file.replace(/\.json$/, '');
  const text = version ? draftTexts()[file] : undefined;
  return (
    <Page
      title={title}
      actions={
        text !== undefined &&
        version && (
          <>
            <ConfirmButton
              verb="Discard"
              title={`Discard your change of ${title}`}
              danger
              optional
              disabled={draft.get()?.changes[file] === undefined}
              confirm={() => changeFile(file, undefined, version)}
            />
            <ConfirmButton
              verb="Delete"
              title={`Delete ${title} in the draft`}
              danger
              optional
              confirm={() => changeFile(file, null, version)}
            />
          </>
        )
      }
    >
      {opened.error && <Failure error={opened.error} again={opened.again} />}
      {!version && !opened.error && <Loading what="the file" />}
      {version &&
        (text === undefined ? (
          <Empty>
            There is no {title}. <a href={to('publish')}>Go to Publish.</a>
          </Empty>
        ) : (
          <Editor file={file} text={text} change={(next) => changeFile(file, next, version)} />
        ))}
    </Page>
  );
}

function Editor(props: { file: string; text: string; change: (text: string) => void }) {
  const { file, text, change } = props;
  const whole = useWholeCheck();
  const findings = whole.value?.findings.filter((finding) => finding.file === file) ?? [];
  const name = file.replace(/^.*\//, '').replace(/\.json$/, '');
  const story = whole.value?.stories.find((one) => one.story === name);
  const guardrail = whole.value?.guardrails.find((one) => one.guardrail === name);
  const fix = async (finding: PageFinding) => {
    const corrected = await quick.ask('fix', finding);
    if (corrected !== null) change(corrected);
  };
  return (
    <div class="split">
      <CodeEditor label="JSON" file={file} value={text} findings={findings} onInput={change} />
      <div class="stack">
        <p class="soft small" role="status">
          {whole.loading ? 'checking …' : findings.length === 0 ? 'No findings.' : ''}
        </p>
        <Findings findings={findings} fix={fix} />
        {story && (
          <div class={`note ${story.passed ? 'good' : 'bad'}`}>
            <p>
              {story.passed
                ? `The story comes out as it says, in ${counted(story.steps, 'step')}.`
                : 'The story does not come out as it says:'}
            </p>
            <Faults of={story} />
          </div>
        )}
        {guardrail && (
          <div class={`note ${guardrail.passed ? 'good' : 'bad'}`}>
            <p>
              {guardrail.passed
                ? `The draft keeps this guardrail for ${counted(guardrail.callbacks, 'callback')}.`
                : 'The draft breaks this guardrail:'}
            </p>
            <Breaches of={guardrail} />
          </div>
        )}
      </div>
    </div>
  );
}
