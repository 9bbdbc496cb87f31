import type { ComponentChildren } from 'preact';
import './scroll-table.css';

/** A table that scrolls sideways where it has no room. It can be focused, so that the keyboard can scroll it. */
export const ScrollTable = (props: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
  <section class="table-scroll" aria-label={props.label} tabIndex={0}>
    <table>{props.children}</table>
  </section>
);
