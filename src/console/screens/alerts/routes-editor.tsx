import { useState } from 'preact/hooks';
import { CodeEditor } from '../../parts/code-editor.tsx';
import { Findings } from '../../parts/rule-parts.tsx';
import { changeFile, draft } from '../../state/draft.ts';
import { draftTexts, inForce } from '../../state/rulebook.ts';
import { useStore } from '../../state/store.ts';
import { useWholeCheck } from '../../state/whole-check.ts';

const FILE = 'alerts.json';

/** Edits `alerts.json` in the draft, with completion and findings. The editor is loaded when it is opened. */
export function RoutesEditor() {
  const [open, setOpen] = useState(false);
  useStore(draft);
  const version = useStore(inForce);
  if (!version) return null;
  return open ? (
    <Editor text={draftTexts()[FILE] ?? '{}'} />
  ) : (
    <div>
      <button type="button" onClick={() => setOpen(true)}>
        Edit routes
      </button>
    </div>
  );
}

function Editor({ text }: { text: string }) {
  const whole = useWholeCheck();
  const findings = whole.value?.findings.filter(({ file }) => file === FILE) ?? [];
  return (
    <div class="stack tight">
      <CodeEditor
        label="JSON"
        file={FILE}
        value={text}
        findings={findings}
        onInput={(next) => {
          const version = inForce.get();
          if (version) changeFile(FILE, next, version);
        }}
      />
      <p class="soft small" role="status">
        {whole.loading ? 'checking …' : findings.length === 0 ? 'No findings.' : ''}
      </p>
      {findings.length > 0 && <Findings findings={findings} />}
    </div>
  );
}
