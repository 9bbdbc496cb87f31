import { useEffect } from 'preact/hooks';
import type { ScreenProps } from '../app.tsx';
import { Page } from '../parts/page.tsx';
import { Backups } from './operate/backups.tsx';
import { DeadLetters } from './operate/dead-letters.tsx';
import { Erasures } from './operate/erasures.tsx';
import { Heartbeats } from './operate/heartbeats.tsx';
import { Held } from './operate/held.tsx';
import { Pauses } from './operate/pauses.tsx';
import { Quarantine } from './operate/quarantine.tsx';
import { Throttles } from './operate/throttles.tsx';
import { Undo } from './operate/undo.tsx';
import './operate/operate.css';

const SECTIONS = [
  ['pauses', Pauses],
  ['throttles', Throttles],
  ['held', Held],
  ['dead-letters', DeadLetters],
  ['quarantine', Quarantine],
  ['heartbeats', Heartbeats],
  ['backups', Backups],
  ['erasures', Erasures],
  ['undo', Undo],
] as const;

/** `/console/operate`: what an operator does by hand. `/console/operate/held` begins at a section. */
export function Operate({ path }: ScreenProps) {
  const [wanted] = path;
  useEffect(() => {
    if (wanted !== undefined) document.getElementById(wanted)?.scrollIntoView();
  }, [wanted]);
  return (
    <Page title="Operate">
      {SECTIONS.map(([id, Section]) => (
        <section key={id} id={id} class="section stack tight">
          <Section />
        </section>
      ))}
    </Page>
  );
}
