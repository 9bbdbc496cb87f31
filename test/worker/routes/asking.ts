import { expect } from 'vitest';
import type { Recipient } from '../../../src/api/consent/recipients.ts';
import type { MaySendAnswer } from '../../../src/api/sending/may-send.ts';
import type { openBox } from '../box.ts';
import { APP, PERSON } from '../sample.ts';

export type Box = ReturnType<typeof openBox>;

export const post = (box: Box, path: string, body: unknown) =>
  box.ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

export const look = async (box: Box, path = `SMS/${PERSON}`) =>
  (await box.ask(`/v1/recipients/${path}`)).json<Recipient>();
export const put = (box: Box, body: object, path = `SMS/${PERSON}`) =>
  box.ask(`/v1/recipients/${path}`, { method: 'PUT', body: JSON.stringify(body) });
export const lift = (box: Box, query: string, path = `SMS/${PERSON}`) =>
  box.ask(`/v1/recipients/${path}?${query}`, { method: 'DELETE' });
export const hand = { actor: 'ada', reason: 'she called us' };

export const maySend = async (
  box: Box,
  recipients: readonly object[],
  query = '',
): Promise<MaySendAnswer> => {
  const response = await post(box, `/v1/may-send${query}`, { recipients });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};

export const person = (identity: string, content = 'marketing', channel = 'SMS') => ({
  channel,
  identity,
  app_id: APP,
  content,
});
export const sms = (content: string, identity = PERSON) => person(identity, content);
export const whatsapp = (content: string) => person('46701740699', content, 'WHATSAPP');
