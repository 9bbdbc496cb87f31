import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the tokens of the page: custom properties reach into the shadow root, style sheets do not. */
export const theme = [
  EditorView.theme({
    '&': {
      color: 'var(--ink)',
      backgroundColor: 'var(--surface)',
      border: '1px solid var(--border-strong)',
      borderRadius: 'var(--radius-small)',
      fontSize: '0.8438rem',
    },
    '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '1px' },
    '&.cm-editor': { maxHeight: '75vh' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
    '.cm-content': { caretColor: 'var(--ink)', padding: '0.5rem 0' },
    '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection':
      { backgroundColor: 'var(--accent-soft)' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--sunken)' },
    '.cm-gutters': {
      color: 'var(--ink-soft)',
      backgroundColor: 'var(--surface)',
      borderRight: '1px solid var(--border)',
    },
    '.cm-tooltip': {
      color: 'var(--ink)',
      backgroundColor: 'var(--surface)',
      border: '1px solid var(--border-strong)',
      borderRadius: 'var(--radius-small)',
      maxWidth: '32rem',
    },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      color: 'var(--accent-ink)',
      backgroundColor: 'var(--accent)',
    },
    '.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': {
      color: 'var(--accent-ink)',
    },
    '.cm-completionDetail': { color: 'var(--ink-soft)' },
    '.cm-completionInfo': { padding: '0.4rem 0.6rem' },
    '.cm-hover': { padding: '0.4rem 0.6rem', whiteSpace: 'pre-wrap' },
    '.cm-diagnostic': { padding: '0.3rem 0.6rem' },
    '.cm-diagnostic-error': { borderLeft: '4px solid var(--danger)' },
    '.cm-diagnostic-warning': { borderLeft: '4px solid var(--warning)' },
    '.cm-lintRange-error': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--danger)',
    },
    '.cm-lintRange-warning': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--warning)',
    },
    '.cm-lint-marker': { content: 'none' },
    '.cm-lint-marker-error': { content: '"●"', color: 'var(--danger)' },
    '.cm-lint-marker-warning': { content: '"●"', color: 'var(--warning)' },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: 'var(--link)' },
      { tag: tags.string, color: 'var(--good)' },
      { tag: [tags.number, tags.bool, tags.null], color: 'var(--unknown)' },
      { tag: tags.invalid, color: 'var(--danger)' },
    ]),
  ),
];
