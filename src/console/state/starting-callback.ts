import { createStore } from './store.ts';

/** The callback that a new rule begins with: Try and Decisions put it here before they lead to the form. */
export const startingCallback = createStore<
  { readonly trigger: string; readonly callback: Record<string, unknown> } | undefined
>(undefined);
