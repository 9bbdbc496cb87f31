import { expect } from 'vitest';
import type { MaySendAnswer } from '../../../src/api/may-send.ts';
import type { openBox } from '../box.ts';
import { APP, PERSON } from '../sample.ts';

export type Box = ReturnType<typeof openBox>;

export const post = (box: Box, path: string, body: unknown) =>
  box.ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

export const maySend = async (box: Box, recipients: readonly object[], query = ''): Promise<MaySendAnswer> => {
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
