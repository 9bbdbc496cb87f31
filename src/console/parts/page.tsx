import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A screen: its heading, its buttons, its content. The heading takes the focus when the screen changes. */
export function Page(props: {
  title: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · Signalbox`;
    // Not on the first screen: there the browser's own start is the right one.
    if (document.activeElement === document.body || document.activeElement?.closest('nav'))
      heading.current?.focus({ preventScroll: true });
  }, [props.title]);
  return (
    <div class="page fade">
      <div class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        {props.actions && <div class="row">{props.actions}</div>}
      </div>
      {props.children}
    </div>
  );
}
