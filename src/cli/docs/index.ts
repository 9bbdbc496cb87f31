import { commandsPage } from './commands-page.ts';
import { destinationsPage } from './destinations-page.ts';
import { httpPage } from './http-page.ts';
import { logEventsPage } from './log-events-page.ts';
import { metricsPage } from './metrics-page.ts';
import type { ReferencePage } from './page.ts';
import { settingsPage } from './settings-page.ts';
import { storagePage } from './storage-page.ts';
import {
  actionsPage,
  factsPage,
  findingsPage,
  operatorsPage,
  rulePage,
} from './vocabulary-pages.ts';

/** Every page of `docs/reference/`. To add one: its file, and a line here. */
export const referencePages: readonly ReferencePage[] = [
  rulePage,
  factsPage,
  operatorsPage,
  actionsPage,
  destinationsPage,
  findingsPage,
  settingsPage,
  httpPage,
  commandsPage,
  storagePage,
  metricsPage,
  logEventsPage,
];
