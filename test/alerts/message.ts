import type { AlertMessage } from '../../src/alerts/destinations/destination.ts';

export const NOW = Date.parse('2026-11-20T12:05:30Z');

/** A message with every field. */
export const message = (changes: Partial<AlertMessage> = {}): AlertMessage => ({
  id: '01JGROUP0000000000000000AA.2',
  alert: '01JGROUP0000000000000000AA',
  state: 'firing',
  test: false,
  severity: 'critical',
  title: 'WhatsApp quality is RED for app-1',
  text: 'Marketing is limited.',
  rule: 'whatsapp-quality-red',
  sentence: 'When a WHATSAPP number’s quality rating is RED: limit marketing.',
  owner: 'messaging-ops',
  why: 'A RED rating gets a number restricted.',
  facts: { app_id: 'app-1', channel: 'WHATSAPP', quality_rating: 'RED' },
  callbackId: '01JCALLBACK000000000000000',
  count: 312,
  others: ['YELLOW before (whatsapp-quality-yellow, 2 times)'],
  names: ['YELLOW before'],
  more: 0,
  groupLink: 'https://signalbox.example.com/console/alerts/01JGROUP0000000000000000AA',
  firstAt: Date.parse('2026-11-20T12:00:03Z'),
  lastAt: Date.parse('2026-11-20T12:00:58Z'),
  at: NOW,
  nextStep: 'Stop the templates that people block.',
  link: 'https://signalbox.example.com/console/decisions/01JCALLBACK000000000000000',
  ...changes,
});
