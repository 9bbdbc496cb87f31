import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import './tabs.css';

/** Tabs by the WAI-ARIA pattern: arrow keys move between them. */
export function Tabs<Name extends string>(props: {
  label: string;
  names: readonly Name[];
  selected: Name;
  select: (name: Name) => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = props.names.indexOf(props.selected) + step + props.names.length;
    const next = props.names[at % props.names.length];
    if (next === undefined) return;
    props.select(next);
    list.current?.querySelector<HTMLElement>(`[data-name="${next}"]`)?.focus();
  };
  return (
    <div class="stack">
      <div role="tablist" aria-label={props.label} ref={list} onKeyDown={move}>
        {props.names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            data-name={name}
            aria-selected={name === props.selected}
            aria-controls={`${id}-panel`}
            tabIndex={name === props.selected ? 0 : -1}
            onClick={() => props.select(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${props.selected}`}>
        {props.children}
      </div>
    </div>
  );
}
