import { createStore } from './store.ts';

const BASE = '/console/';

/** Where the viewer is: `/console/rules/stop/edit?tab=json` is `['rules', 'stop', 'edit']` with its query. */
export interface Place {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

const read = (): Place => ({
  path: location.pathname
    .slice(BASE.length)
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent),
  query: new URLSearchParams(location.search),
});

export const place = createStore<Place>(read());

window.addEventListener('popstate', () => place.set(read()));

/** The address of a screen: `to('rules', 'stop')` is `/console/rules/stop`. */
export const to = (...path: readonly string[]): string =>
  BASE + path.map(encodeURIComponent).join('/');

/** The same with a query. Empty values are left out. */
export function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const kept = Object.entries(query).filter(([, value]) => value !== '');
  return kept.length === 0 ? address : `${address}?${new URLSearchParams(kept)}`;
}

/** Goes to an address of the console. `replace` leaves no entry in the history, for filters that are being typed. */
export function go(address: string, replace = false): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  place.set(read());
  if (!replace) window.scrollTo(0, 0);
}

/** Puts filters into the address, so that a link and the back button lead back to them. */
export function setQuery(query: Readonly<Record<string, string>>): void {
  go(withQuery(location.pathname, query), true);
}

// One listener serves every link, also those in texts that a component did not make.
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link) return;
  if (link.target !== '' || link.hasAttribute('download') || link.hash !== '') return;
  if (link.origin !== location.origin || !link.pathname.startsWith(BASE)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
