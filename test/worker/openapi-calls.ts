import type { Box } from './box.ts';
import { APP, inbound, PERSON } from './sample.ts';
import { capability } from './scenarios/scenario.ts';

export const json = (body: object): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
export const hand = { actor: 'ada', reason: 'a test' };
export const first = async (box: Box, path: string, list: string): Promise<{ id: string }> =>
  (await (await box.ask(path)).json<Record<string, { id: string }[]>>())[list]?.[0] ?? {
    id: 'none',
  };
export const letter = async (box: Box) => {
  await box.bindings.DB.prepare(
    `INSERT INTO dead_letters (id, at, queue, code, reason, attempts, work) VALUES ('letter-1', 1, 'effects', 'x', 'y', 3, 'z')`,
  ).run();
};

/** One call of each route, with whatever must have happened before. */
export type Call = (box: Box) => Promise<RequestInit & { path?: string; status?: number }>;

/** The calls of dead letters and of the quarantine. */
export const shelfCalls: Readonly<Record<string, Call>> = {
  'GET /v1/dead-letters/:id': async (box) => {
    await letter(box);
    return { path: '/v1/dead-letters/letter-1' };
  },
  'POST /v1/dead-letters/redeliver': async () =>
    json({ ...hand, since: '7d', destination: 'forward', dry_run: true }),
  'POST /v1/dead-letters/drop': async (box) => {
    await letter(box);
    return json({ ...hand, code: 'x' });
  },
  'GET /v1/quarantine/:id': async (box) => {
    await box.post('[]');
    const { id } = await first(box, '/v1/quarantine', 'quarantine');
    return { path: `/v1/quarantine/${id}` };
  },
  'POST /v1/quarantine/redeliver': async (box) => {
    await box.post('[]');
    return json({ ...hand, code: 'callback_not_object' });
  },
  'POST /v1/quarantine/drop': async (box) => {
    await box.post('[]');
    return json({ ...hand, since: '1d' });
  },
  'POST /v1/quarantine/:id/drop': async (box) => {
    await box.post('[]');
    const { id } = await first(box, '/v1/quarantine', 'quarantine');
    return { ...json(hand), path: `/v1/quarantine/${id}/drop` };
  },
};

/** The calls about channels. */
export const channelCalls: Readonly<Record<string, Call>> = {
  'POST /v1/channels': async (box) => {
    await box.take(capability('RCS', 'CAPABILITY_FULL'));
    await box.take(capability('RCS', 'CAPABILITY_UNKNOWN'));
    await box.take(inbound('STOP'));
    const addresses = [
      { channel: 'RCS', identity: PERSON },
      { channel: 'SMS', identity: 'nobody' },
    ];
    const common = { app_id: APP, content: 'marketing' };
    return json({
      recipients: [
        { addresses, ...common },
        { contact_id: 'unknown', ...common },
      ],
    });
  },
  'POST /v1/capability-checks': async (box) => {
    await box.take(capability('RCS', 'CAPABILITY_FULL'));
    return json({
      recipients: [
        { channel: 'RCS', identity: PERSON, app_id: APP },
        { channel: 'WHATSAPP', identity: PERSON, app_id: APP },
        { channel: 'SMS', identity: 'nobody', app_id: APP },
      ],
    });
  },
  'PUT /v1/recipients/:channel/:identity/preference': async () => ({
    ...json({ preferred: true, ...hand }),
    path: `/v1/recipients/SMS/${PERSON}/preference`,
  }),
};
