import type { ComponentChildren } from 'preact';
import { go } from '../state/router.ts';

/** A button that leads to another screen: the next step of what the page is about. */
export const GoButton = (props: { to: string; children: ComponentChildren }) => (
  <button type="button" onClick={() => go(props.to)}>
    {props.children}
  </button>
);
