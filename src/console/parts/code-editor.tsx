import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { quick } from '../state/evaluator.ts';
import type { PageFinding } from '../worker/protocol.ts';
import { theme } from './code-theme.ts';

/** Marks a change that came from the draft and not from the keyboard. */
const fromDraft = Annotation.define<boolean>();

interface EditorProps {
  readonly label: string;
  readonly file: string;
  readonly value: string;
  readonly findings: readonly PageFinding[];
  readonly onInput: (value: string) => void;
}

/**
 * A JSON editor with completion, hover and findings in its margin. It lives in an open shadow root: there CodeMirror
 * adopts its style sheet, where in a document it would add a style element, which the content security policy forbids.
 */
export function CodeEditor(props: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: extensions(latest.current, () => latest.current),
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === props.value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: props.value },
      selection: { anchor: Math.min(editor.state.selection.main.anchor, props.value.length) },
      annotations: fromDraft.of(true),
    });
  }, [props.value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(props.findings, editor.state)));
  }, [props.findings, props.value]);

  return <div ref={host} class="code-editor" />;
}

const extensions = ({ label }: EditorProps, latest: () => EditorProps) => [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  highlightActiveLine(),
  bracketMatching(),
  indentOnInput(),
  indentUnit.of('  '),
  json(),
  theme,
  EditorView.lineWrapping,
  // Tab moves on to the next control: a person without a mouse must get out of the editor.
  keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
  EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  autocompletion({ override: [(context) => complete(context, latest().file)] }),
  hoverTooltip(async (_, position) => {
    const text = await quick.ask('hover', { file: latest().file, offset: position });
    if (text === '') return null;
    return {
      pos: position,
      create() {
        const dom = document.createElement('div');
        dom.className = 'cm-hover';
        dom.textContent = text.replace(/\\([_*`#<>[\]-])/g, '$1');
        return { dom };
      },
    };
  }),
  EditorView.updateListener.of((update) => {
    if (!update.docChanged || update.transactions.some((one) => one.annotation(fromDraft))) return;
    latest().onInput(update.state.doc.toString());
  }),
];

async function complete(context: CompletionContext, file: string) {
  const { pos, explicit } = context;
  if (!explicit && !context.matchBefore(/[\w"-]$/)) return null;
  const found = await quick.ask('complete', { file, offset: pos });
  const [first] = found;
  if (!first) return null;
  return {
    from: first.from,
    to: pos,
    options: found.map(({ label, detail, info, insert, from, to }) => ({
      label: label.startsWith('"') || !insert.startsWith('"') ? label : `"${label}"`,
      displayLabel: label,
      detail,
      ...(info === '' ? {} : { info }),
      apply: (editor: EditorView) =>
        editor.dispatch({
          changes: { from, to: Math.max(to, editor.state.selection.main.head), insert },
          selection: { anchor: from + insert.length },
        }),
    })),
  };
}

function diagnosticsOf(
  findings: readonly PageFinding[],
  { doc }: EditorState,
): readonly Diagnostic[] {
  return findings.map(({ line, column, severity, code, message, hint }) => {
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + column - 1, at.to);
    const word = /^("(?:[^"\\]|\\.)*"|[\w.-]+|.)/.exec(doc.sliceString(from, at.to))?.[0] ?? '';
    return {
      from,
      to: from + word.length,
      severity,
      message: `${code}: ${message}${hint ? `: ${hint}` : ''}`,
    };
  });
}
