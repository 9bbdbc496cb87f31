import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Page } from './parts/page.tsx';
import { Shell } from './parts/shell.tsx';
import { Failure, Loading, NeedsRole } from './parts/states.tsx';
import { SignIn } from './screens/sign-in.tsx';
import { go, place, to } from './state/router.ts';
import { resume, session } from './state/session.ts';
import { useStore } from './state/store.ts';

/** What a screen is given: the rest of its address. */
export interface ScreenProps {
  readonly path: readonly string[];
}

type Screen = ComponentType<ScreenProps>;

/** Each screen is loaded when it is opened. To add one: its file, and a line here and in the navigation. */
const SCREENS: Readonly<Record<string, () => Promise<Screen>>> = {
  overview: async () => (await import('./screens/overview.tsx')).Overview,
  rules: async () => (await import('./screens/rules.tsx')).Rules,
  try: async () => (await import('./screens/try.tsx')).Try,
  lists: async () => (await import('./screens/lists.tsx')).Lists,
  alerts: async () => (await import('./screens/alerts.tsx')).Alerts,
  decisions: async () => (await import('./screens/decisions.tsx')).Decisions,
  reviews: async () => (await import('./screens/reviews.tsx')).Reviews,
  publish: async () => (await import('./screens/publish.tsx')).Publish,
  operate: async () => (await import('./screens/operate.tsx')).Operate,
};

/** The console: sign-in, then the screen that the address names. */
export function App() {
  const signedIn = useStore(session);
  const [refusal, setRefusal] = useState<string>();
  const [fault, setFault] = useState<Error>();
  const start = () => {
    setFault(undefined);
    resume().then(setRefusal, setFault);
  };
  // Once, when the page is opened
  useEffect(start, []);
  if (fault) {
    return (
      <main>
        <Failure error={fault} again={start} />
      </main>
    );
  }
  if (signedIn === undefined) {
    return (
      <main>
        <Loading what="Signalbox" />
      </main>
    );
  }
  return signedIn === null ? <SignIn refusal={refusal} /> : <Screens />;
}

function Screens() {
  const { path } = useStore(place);
  const [name = '', ...rest] = path;
  const [screens, setScreens] = useState<Readonly<Record<string, Screen>>>({});
  const [fault, setFault] = useState<Error>();
  useEffect(() => {
    if (name === '') go(to('overview'), true);
    else if (SCREENS[name] && !screens[name])
      SCREENS[name]().then(
        (screen) => setScreens((known) => ({ ...known, [name]: screen })),
        () => setFault(new Error('This screen could not be loaded. Reload the page.')),
      );
  }, [name, screens]);
  const readable = useStore(session)?.roles.includes('read') ?? false;
  const Current = screens[name];
  return (
    <Shell current={name}>
      {fault && <Failure error={fault} />}
      {SCREENS[name] && !readable ? (
        <Page title={name.charAt(0).toUpperCase() + name.slice(1)}>
          <NeedsRole needed="read" what="This screen" />
        </Page>
      ) : Current ? (
        <Current path={rest} />
      ) : name === '' || SCREENS[name] ? (
        !fault && <Loading what="the screen" />
      ) : (
        <div class="page">
          <h1>Not found</h1>
          <p>
            There is no screen at this address. <a href={to('overview')}>Go to the overview.</a>
          </p>
        </div>
      )}
    </Shell>
  );
}
