import { useEffect, useState } from 'preact/hooks';
import { CodeEditor } from '../parts/code-editor.tsx';
import { ConfirmButton } from '../parts/dialog.tsx';
import { GoButton } from '../parts/go-button.tsx';
import { Page } from '../parts/page.tsx';
import { Broken, failuresOf } from '../parts/proof.tsx';
import { Clauses, Examples, Findings, Texts, Ways } from '../parts/rule-parts.tsx';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { changeFile, draft } from '../state/draft.ts';
import { quick } from '../state/evaluator.ts';
import { useLoad } from '../state/load.ts';
import { place, setQuery, to, withQuery } from '../state/router.ts';
import { inForce, openRulebook } from '../state/rulebook.ts';
import { useStore } from '../state/store.ts';
import { counted } from '../state/time.ts';
import { useRules } from '../state/use-rules.ts';
import { useWholeCheck } from '../state/whole-check.ts';
import type { PageFinding, RuleDetail } from '../worker/protocol.ts';
import { RuleForm } from './edit/rule-form.tsx';
import './edit/edit.css';

const TABS = ['Form', 'JSON', 'Sentence'] as const;
type Tab = (typeof TABS)[number];

/** `/console/rules/<name>/edit`: three views of one draft of a rule, with everything that is found in it. */
export function Edit({ name }: { name: string }) {
  const file = `${name}.json`;
  const opened = useLoad('rulebook', openRulebook);
  const version = useStore(inForce);
  const kept = useStore(draft);
  if (opened.error) {
    return (
      <Page title={`Edit ${name}`}>
        <Failure error={opened.error} again={opened.again} />
      </Page>
    );
  }
  if (!version || kept === undefined) {
    return (
      <Page title={`Edit ${name}`}>
        <Loading what="the rule" />
      </Page>
    );
  }
  const changed = kept?.changes[file];
  const text = changed === undefined ? version.texts[file] : changed;
  if (text === undefined || text === null) {
    return (
      <Page title={`Edit ${name}`}>
        <Empty>
          {text === null ? `Your draft deletes ${name}.` : `No rule is called ${name}.`}{' '}
          <a href={to('rules')}>See all rules.</a>
        </Empty>
        {text === null && (
          <div>
            <button type="button" onClick={() => changeFile(file, undefined, version)}>
              Keep the rule
            </button>
          </div>
        )}
      </Page>
    );
  }
  return <Editor name={name} file={file} text={text} changed={changed !== undefined} />;
}

interface EditorProps {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly changed: boolean;
}

function Editor({ name, file, text, changed }: EditorProps) {
  const asked = useStore(place).query.get('view') ?? '';
  const tab: Tab = TABS.find((one) => one.toLowerCase() === asked) ?? 'Form';
  const detail = useRules('rule', name, { side: 'draft', name });
  const whole = useWholeCheck();
  const [stale, setStale] = useState(false);
  const change = (next: string | null | undefined) => {
    const version = inForce.get();
    if (version) changeFile(file, next, version);
  };
  // Each text is stale until it was looked at
  useEffect(() => setStale(true), [text]);
  useEffect(() => setStale(false), [detail.value]);
  const fix = async (finding: PageFinding) => {
    const corrected = await quick.ask('fix', finding);
    if (corrected !== null) change(corrected);
  };
  const value = detail.value ?? null;
  const own = mergedFindings(
    value?.findings ?? [],
    whole.value?.findings ?? [],
    file,
    whole.loading,
  );
  return (
    <Page
      title={`Edit ${name}`}
      actions={
        <>
          <GoButton to={to('rules', name)}>Rule</GoButton>
          <GoButton to={withQuery(to('try'), { rule: name })}>Try</GoButton>
          <ConfirmButton
            verb="Discard"
            title={`Discard your change of ${name}`}
            danger
            optional
            disabled={!changed}
            confirm={() => change(undefined)}
          >
            <p>The rule in your draft becomes the one in force again.</p>
          </ConfirmButton>
          <GoButton to={to('publish')}>Review and publish</GoButton>
        </>
      }
    >
      <div class="edit">
        <section class="sentence card" aria-label="Sentence" aria-busy={stale}>
          {value?.summary.sentence ? (
            <p class="verbatim">{value.summary.sentence}</p>
          ) : (
            <p class="soft">
              {detail.value === undefined
                ? 'Reading …'
                : 'The rule has errors, so there is no sentence yet. The findings say what is wrong.'}
            </p>
          )}
        </section>
        <p class="edit-status small">
          {stale ? 'checking …' : `${counted(own.length, 'finding')} in this rule`}{' '}
          <a href="#checks">Show</a>
        </p>
        <div class="edit-main">
          <Tabs
            label="Views"
            names={TABS}
            selected={tab}
            select={(next) => setQuery({ view: next.toLowerCase() })}
          >
            {tab === 'Form' && <RuleForm text={text} texts={value?.texts ?? []} change={change} />}
            {tab === 'JSON' && (
              <CodeEditor label="JSON" file={file} value={text} findings={own} onInput={change} />
            )}
            {tab === 'Sentence' && <SentenceView detail={value} />}
          </Tabs>
        </div>
        <aside id="checks" class="stack edit-side" aria-label="Checks">
          <section class="stack tight">
            <h2>In this rule</h2>
            {detail.error && <Failure error={detail.error} again={detail.again} />}
            {own.length === 0 ? (
              <>
                <ul aria-label="Findings" />
                {detail.value === undefined ? (
                  <p class="soft small">checking …</p>
                ) : (
                  <p class="note good">No findings.</p>
                )}
              </>
            ) : (
              <Findings findings={own} fix={fix} />
            )}
          </section>
          <WholeBook whole={whole} file={file} fix={fix} />
          {value && value.examples.length > 0 && (
            <section class="stack tight">
              <h2>Examples</h2>
              <Examples results={value.examples} />
            </section>
          )}
        </aside>
      </div>
    </Page>
  );
}

/** Findings of the whole check that the quick one cannot know are added as soon as they are there. */
function mergedFindings(
  quickly: readonly PageFinding[],
  all: readonly PageFinding[],
  file: string,
  checking: boolean,
): readonly PageFinding[] {
  if (!checking) {
    const own = all.filter((finding) => finding.file === file);
    if (own.length >= quickly.length) return own;
  }
  return quickly;
}

function WholeBook(props: {
  whole: ReturnType<typeof useWholeCheck>;
  file: string;
  fix: (finding: PageFinding) => void;
}) {
  const { whole, file, fix } = props;
  const others = whole.value?.findings.filter((finding) => finding.file !== file) ?? [];
  const { examples: failed, guardrails: broken, stories } = failuresOf(whole.value);
  return (
    <section class="stack tight">
      <h2>In the whole rulebook</h2>
      <p class="soft small" role="status">
        {whole.loading || !whole.value
          ? 'checking …'
          : [
              `${counted(others.length, 'finding')} elsewhere`,
              counted(failed.length, 'failed example'),
              counted(broken.length, 'broken guardrail'),
              counted(stories.length, 'failed story', 'failed stories'),
            ].join(', ')}
      </p>
      {whole.error && <Failure error={whole.error} again={whole.again} />}
      {failed.length > 0 && <Examples results={failed.map(withRule)} />}
      <Broken stories={stories} guardrails={broken} />
      {others.length > 0 && (
        <Findings findings={others} label="Findings elsewhere" withFile fix={fix} />
      )}
    </section>
  );
}

const withRule = <T extends { rule: string; example: string }>(result: T): T => ({
  ...result,
  example: `${result.rule}: ${result.example}`,
});

const SentenceView = ({ detail }: { detail: RuleDetail | null }) => (
  <div class="stack">
    {detail && detail.clauses.length > 0 && (
      <section class="stack tight">
        <h2>Conditions and what the examples show of them</h2>
        <Clauses clauses={detail.clauses} />
      </section>
    )}
    {detail && (detail.texts.length > 0 || detail.alerts.length > 0) && (
      <section class="stack tight">
        <h2>Texts as they will look</h2>
        <Texts texts={detail.texts} />
        <Ways ways={detail.alerts} />
      </section>
    )}
  </div>
);
