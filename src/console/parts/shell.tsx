import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { draft, draftStored } from '../state/draft.ts';
import { place, to } from '../state/router.ts';
import { session, signOut } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import './shell.css';

const NAMES = [
  'Overview',
  'Rules',
  'Try',
  'Lists',
  'Alerts',
  'Decisions',
  'Reviews',
  'Publish',
  'Operate',
];

/** The frame of every screen: navigation, who is signed in, the draft. */
export function Shell({ current, children }: { current: string; children: ComponentChildren }) {
  const signedIn = useStore(session);
  const kept = useStore(draft);
  const stored = useStore(draftStored);
  const at = useStore(place);
  const [open, setOpen] = useState(false);
  // Going anywhere closes the menu
  useEffect(() => setOpen(false), [at]);
  const changes = Object.keys(kept?.changes ?? {}).length;
  return (
    <div class="shell">
      <a class="visually-hidden" href="#content">
        Skip to content
      </a>
      <header class="side" data-open={open || undefined}>
        <a class="brand" href={to('overview')}>
          <img src="/console/icon.svg" alt="" width="24" height="24" />
          Signalbox
        </a>
        <button
          type="button"
          class="menu-button"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
        <nav id="navigation" aria-label="Screens">
          <ul>
            {NAMES.map((name) => {
              const screen = name.toLowerCase();
              return (
                <li key={name}>
                  <a href={to(screen)} aria-current={screen === current ? 'page' : undefined}>
                    {name}
                  </a>
                </li>
              );
            })}
          </ul>
        </nav>
        <div class="who">
          {changes > 0 && (
            <span class="badge warn">
              Draft: {changes} {changes === 1 ? 'file' : 'files'}
            </span>
          )}
          {!stored && (
            <span class="badge bad" role="alert">
              This browser does not store the draft
            </span>
          )}
          <span>
            {signedIn?.name} ({signedIn?.roles.join(', ')})
          </span>
          <button type="button" class="small" onClick={signOut}>
            Sign out
          </button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
