import { useEffect, useState } from 'preact/hooks';
import { call, part } from '../api.ts';
import type { ScreenProps } from '../app.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { CHANNELS } from '../state/channels.ts';
import { draft } from '../state/draft.ts';
import { quick } from '../state/evaluator.ts';
import { useLoad } from '../state/load.ts';
import { go, place, to, withQuery } from '../state/router.ts';
import { openRulebook, samples } from '../state/rulebook.ts';
import { startingCallback } from '../state/starting-callback.ts';
import { useStore } from '../state/store.ts';
import { isoOf } from '../state/time.ts';
import { stamp } from '../state/use-rules.ts';
import type { Attempt } from '../worker/protocol.ts';
import { KeepExample } from './keep-example.tsx';
import { Outcomes } from './try/results.tsx';
import './try/try.css';

const INPUTS = ['Message', 'Sample', 'Past decision', 'JSON'] as const;
type Input = (typeof INPUTS)[number];

/** `/console/try`: what the rules make of a callback: those in force, and the draft beside them. Nothing is sent. */
export function Try(_: ScreenProps) {
  const { query } = useStore(place);
  const opened = useLoad('rulebook', openRulebook);
  const bodies = useStore(samples);
  const changes = useStore(draft)?.changes;
  const first: Input = query.has('decision')
    ? 'Past decision'
    : query.has('sample')
      ? 'Sample'
      : 'Message';
  const [input, setInput] = useState<Input>(first);
  const [text, setText] = useState('STOP');
  const [channel, setChannel] = useState('SMS');
  const [app, setApp] = useState('01JSIGNALBOXEXAMPLEAPP0001');
  const [sender, setSender] = useState('12025550147');
  const [time, setTime] = useState('');
  const [sample, setSample] = useState(query.get('sample') ?? 'stop');
  const [json, setJson] = useState('');
  const [decision, setDecision] = useState(query.get('decision') ?? '');
  const [given, setGiven] = useState('');
  const rule = query.get('rule') ?? '';
  const at = isoOf(time);
  const attempt = attemptOf(input, {
    text,
    channel,
    app,
    sender,
    at,
    json,
    given,
    sample: bodies[sample],
  });
  const key = opened.value
    ? `${JSON.stringify(attempt)} ${stamp(changes)} ${opened.value.version}`
    : null;
  const trial = useLoad(key, () =>
    attempt === undefined ? Promise.resolve(undefined) : quick.ask('attempt', attempt),
  );
  const load = async () => {
    const callback = await call<object>('GET', `/v1/decisions/${part(decision)}/callback`);
    setJson(JSON.stringify(callback, undefined, 2));
    setInput('JSON');
  };
  // A new sample is shown as JSON, too
  useEffect(() => {
    const body = bodies[sample];
    if (input === 'Sample' && body) setJson(JSON.stringify(body, undefined, 2));
  }, [sample, input, bodies]);
  return (
    <Page title="Try">
      <p class="soft">
        Rules are evaluated in this browser as the Worker does. Nothing is sent, and nothing leaves
        this machine.
      </p>
      {opened.error && <Failure error={opened.error} again={opened.again} />}
      <div class="try">
        <div class="stack">
          <Tabs label="What to try" names={INPUTS} selected={input} select={setInput}>
            {input === 'Message' && (
              <div class="stack">
                <TextField label="Text" rows={3} value={text} onInput={setText} />
                <div class="fields">
                  <SelectField
                    label="Channel"
                    value={channel}
                    options={CHANNELS}
                    onChange={setChannel}
                  />
                  <TextField label="App" code value={app} onInput={setApp} />
                  <TextField label="Sender" value={sender} onInput={setSender} />
                  <TimeField value={time} set={setTime} />
                </div>
              </div>
            )}
            {input === 'Sample' && (
              <div class="fields">
                <SelectField
                  label="Sample"
                  value={sample}
                  options={Object.keys(bodies).toSorted()}
                  onChange={setSample}
                />
                <TimeField value={time} set={setTime} />
              </div>
            )}
            {input === 'Past decision' && (
              <PastDecision id={decision} set={setDecision} load={load} />
            )}
            {input === 'JSON' && (
              <div class="stack">
                <TextField label="Callback" code rows={16} value={json} onInput={setJson} />
                <TimeField value={time} set={setTime} />
              </div>
            )}
          </Tabs>
          <details>
            <summary>Facts that Signalbox would remember</summary>
            <TextField
              label="Given"
              code
              rows={3}
              value={given}
              onInput={setGiven}
              hint='JSON, like {"attempt": 2, "previous_quality_rating": "GREEN"}'
            />
          </details>
          {trial.value && (
            <div class="row">
              <KeepExample trial={trial.value} at={at} given={readJson(given)} rule={rule} />
              <button
                type="button"
                onClick={() => {
                  const tried = trial.value;
                  if (!tried) return;
                  startingCallback.set({ trigger: tried.trigger, callback: tried.callback });
                  go(withQuery(to('rules', 'new'), { from: 'try' }));
                }}
              >
                New rule from this
              </button>
            </div>
          )}
        </div>
        <div class="stack" aria-busy={trial.loading}>
          {trial.error && <Failure error={trial.error} />}
          {!opened.value && !opened.error && <Loading what="the rules" />}
          {trial.value && (
            <Outcomes trial={trial.value} rule={rule} drafted={changes !== undefined} />
          )}
          {opened.value && attempt === undefined && (
            <Empty>Choose what to try: the results appear as you type.</Empty>
          )}
        </div>
      </div>
    </Page>
  );
}

const TimeField = ({ value, set }: { value: string; set: (value: string) => void }) => (
  <TextField
    label="Time"
    type="datetime-local"
    value={value}
    onInput={set}
    hint="When it is received, in your zone. Empty: the callback’s own time, or now."
  />
);

interface Inputs {
  readonly text: string;
  readonly channel: string;
  readonly app: string;
  readonly sender: string;
  readonly at: string | undefined;
  readonly json: string;
  readonly given: string;
  readonly sample: object | undefined;
}

function attemptOf(input: Input, inputs: Inputs): Attempt | undefined {
  const { text, channel, app, sender, at, json, given, sample } = inputs;
  const common = { ...(at === undefined ? {} : { at }), given: readJson(given) };
  if (input === 'Message') return { ...common, message: { text, channel, app, sender } };
  if (input === 'Sample') return sample && { ...common, json: JSON.stringify(sample) };
  return input === 'JSON' && json.trim() !== '' ? { ...common, json } : undefined;
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function PastDecision(props: { id: string; set: (id: string) => void; load: () => Promise<void> }) {
  const [fault, setFault] = useState<Error>();
  return (
    <div class="stack">
      <TextField
        label="Decision"
        value={props.id}
        onInput={props.set}
        hint="The 26 characters of a callback’s id: Decisions lists them. Needs the role admin, and that callbacks are kept (setting JOURNAL_PAYLOAD=keep)."
      />
      {fault && <Failure error={fault} />}
      <div>
        <button
          type="button"
          disabled={!/^[0-9A-Z]{26}$/.test(props.id)}
          onClick={() => {
            setFault(undefined);
            props.load().catch(setFault);
          }}
        >
          Load callback
        </button>
      </div>
    </div>
  );
}
