import type { Box } from './box.ts';
import { publish, rules } from './publisher.ts';
import { APP, inbound, PERSON, rating, receipt, submitted } from './sample.ts';
import { capability, unsupported } from './scenarios/scenario.ts';

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
type Call = (box: Box) => Promise<RequestInit & { path?: string; status?: number }>;

/** The calls of dead letters and of the quarantine. */
const shelfCalls: Readonly<Record<string, Call>> = {
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

const decided = async (box: Box): Promise<string> => {
  const { id } = await box.take(inbound('STOP'));
  await box.drain();
  return `/v1/decisions/${id}`;
};

/** A call of `/send` that the recipient's STOP forbids. */
function refused(call: string, content: object): Call {
  return async (box) => {
    await box.take(inbound('STOP'));
    const recipient = {
      identified_by: { channel_identities: [{ channel: 'SMS', identity: PERSON }] },
    };
    const request = json({ app_id: 'app-1', recipient, ...content });
    const authorization = `Bearer local-token-${Date.now() + 60_000}`;
    const path = `/send/v1/projects/test-project/${call}`;
    return { ...request, headers: { ...request.headers, authorization }, path, status: 403 };
  };
}
/** The calls about channels. */
const channelCalls: Readonly<Record<string, Call>> = {
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

/** A call of each operation that has parameters, a query or a body, by method and path. */
export const calls: Readonly<Record<string, Call>> = {
  'POST /v1/dry-run': async () => json(inbound('STOP')),
  'POST /v1/may-send': async (box) => {
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    const { app_id } = rating('RED');
    return json({
      recipients: [
        { channel: 'SMS', identity: PERSON, content: 'other', app_id },
        { channel: 'WHATSAPP', identity: '12025550142', content: 'marketing', app_id },
      ],
    });
  },
  'POST /v1/permits': async () =>
    json({ app_id: 'app-1', channel: 'SMS', content: 'other', count: 2 }),
  'POST /send/v1/projects/:project/messages:send': refused('messages:send', {
    message: { text_message: { text: 'Hello' } },
  }),
  'POST /send/v1/projects/:project/events:send': refused('events:send', {
    event: { comment_reply_event: { text: 'Hello' } },
  }),
  'POST /send/batch/v1/projects/:project/messages': async (box) => {
    const { body = '', ...request } = await refused('batch', {})(box);
    const { app_id, recipient } = JSON.parse(String(body));
    const path = '/send/batch/v1/projects/test-project/messages';
    const batch = { app_id, recipient_and_params: [{ recipient }] };
    return { ...request, path, body: JSON.stringify(batch) };
  },
  'GET /v1/messages/:id': async (box) => {
    await box.take(submitted('01JM'));
    await box.take(receipt('01JM', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    return { path: '/v1/messages/01JM' };
  },
  'GET /v1/delivery-stats': async (box) => {
    await box.take(submitted('01JM'));
    await box.take(receipt('01JM', 'DELIVERED'));
    return { path: '/v1/delivery-stats?group_by=app_id,channel,day' };
  },
  'GET /v1/batches/:id': async (box) => {
    const metadata = JSON.stringify({ _batch_id: 'batch-1' });
    await box.take(receipt('01JM', 'FAILED', { code: 'CHANNEL_REJECT', metadata }));
    return { path: '/v1/batches/batch-1' };
  },
  'GET /v1/recipients/:channel/:identity': async (box) => {
    await box.take(inbound('STOP'));
    await box.take(receipt('01JM', 'DELIVERED'));
    return { path: `/v1/recipients/SMS/${PERSON}` };
  },
  'PUT /v1/recipients/:channel/:identity': async () => ({
    ...json(hand),
    path: '/v1/recipients/SMS/12025550142',
  }),
  'DELETE /v1/recipients/:channel/:identity': async () => ({
    path: '/v1/recipients/SMS/12025550142?actor=ada&reason=x',
  }),
  'POST /v1/recipients/import': async () => ({
    path: '/v1/recipients/import?name=list&actor=ada&reason=x&allow_invalid=true',
    body: 'channel,identity\nSMS,12025550142\nSMS,nobody',
    headers: { 'content-type': 'text/csv' },
  }),
  'GET /v1/senders/:app/:channel': async (box) => {
    await box.take(rating('RED'));
    return { path: `/v1/senders/${rating('RED').app_id}/WHATSAPP` };
  },
  'PUT /v1/senders/:app/:channel/throttle': async () => ({
    ...json({ to: '10/minute', for: '1h', ...hand }),
    path: '/v1/senders/app-1/SMS/throttle',
  }),
  'DELETE /v1/senders/:app/:channel/throttle': async () => ({
    path: '/v1/senders/app-1/SMS/throttle?actor=ada&reason=x',
  }),
  'PUT /v1/rulebooks': async () => json({ ...rules(), builds_on: '*' }),
  'POST /v1/rulebooks/backtest': async () => json(rules()),
  'GET /v1/rulebooks/:version': async (box) => {
    await publish(box, rules());
    return { path: '/v1/rulebooks/in-force' };
  },
  'POST /v1/rulebooks/:version/activate': async () => ({
    ...json({}),
    path: '/v1/rulebooks/bundled/activate',
  }),
  'POST /v1/rulebooks/:version/shadow': async () => ({
    ...json({}),
    path: '/v1/rulebooks/bundled/shadow',
  }),
  'POST /v1/rulebooks/rollback': async () => ({ ...json({}), status: 409 }),
  'GET /v1/decisions/:id': async (box) => ({ path: await decided(box) }),
  'GET /v1/decisions/:id/callback': async (box) => ({
    path: `${await decided(box)}/callback`,
    status: 409,
  }),
  'POST /v1/decisions/:id/redeliver': async (box) => ({
    path: `${await decided(box)}/redeliver`,
    status: 409,
  }),
  'POST /v1/dead-letters/:id/redeliver': async () => ({
    path: '/v1/dead-letters/none/redeliver',
    status: 404,
  }),
  'POST /v1/dead-letters/:id/drop': async (box) => {
    await letter(box);
    return { ...json(hand), path: '/v1/dead-letters/letter-1/drop' };
  },
  ...shelfCalls,
  ...channelCalls,
  'POST /v1/quarantine/:id/redeliver': async (box) => {
    await box.post('[]');
    const { id } = await first(box, '/v1/quarantine', 'quarantine');
    return { path: `/v1/quarantine/${id}/redeliver`, status: 422 };
  },
  'GET /v1/quarantine': async (box) => {
    await box.post('[]');
    return {};
  },
  'GET /v1/dead-letters': async (box) => {
    await letter(box);
    return {};
  },
  'POST /v1/consent/restore': async () => ({
    ...json({ backup: '2020-01-01T03:17:00Z', shard: 0 }),
    status: 404,
  }),
  'POST /v1/consent/undo': async (box) => {
    await box.take(inbound('STOP'));
    return json({ rule: 'stop', since: '2026-11-01T00:00:00Z', ...hand });
  },
  'POST /v1/reviews/:id': async (box) => {
    await box.take(inbound('please stop texting me'));
    await box.drain();
    const { id } = await first(box, '/v1/reviews', 'reviews');
    return { ...json({ decision: 'dismiss', ...hand }), path: `/v1/reviews/${id}` };
  },
  'GET /v1/alerts/:id': async (box) => {
    await box.take(rating('RED'));
    await box.drain(60);
    const { id } = await first(box, '/v1/alerts', 'alerts');
    return { path: `/v1/alerts/${id}` };
  },
  'POST /v1/alerts/test': async () => json({}),
  'POST /v1/silences': async () => ({
    ...json({ match: { rule: ['stop'] }, for: '1h', ...hand }),
    status: 201,
  }),
  'DELETE /v1/silences/:id': async (box) => {
    await box.ask('/v1/silences', {
      method: 'POST',
      ...json({ match: { rule: ['stop'] }, for: '1h', ...hand }),
    });
    const { id } = await first(box, '/v1/silences', 'silences');
    return { path: `/v1/silences/${id}` };
  },
  'POST /v1/pauses': async () => json({ kind: 'rule', name: 'help', ...hand }),
  'DELETE /v1/pauses/:id': async (box) => {
    await box.ask('/v1/pauses', {
      method: 'POST',
      ...json({ kind: 'rule', name: 'help', ...hand }),
    });
    const { id } = await first(box, '/v1/pauses', 'pauses');
    return { path: `/v1/pauses/${id}?${new URLSearchParams(hand)}` };
  },
  'POST /v1/held/release': async () => json({ rule: 'stop', ...hand }),
  'POST /v1/erase': async (box) => {
    await box.take(inbound('STOP'));
    return json({ channel: 'SMS', identity: PERSON, ...hand });
  },
  'GET /v1/unsupported/:id': async (box) => {
    const { id } = await box.take(unsupported('{"type":"poll_update"}'));
    await box.drain(60);
    return { path: `/v1/unsupported/${id}` };
  },
  'GET /v1/recordings/:kind/:name': async (box) => {
    await box.bindings.ARCHIVE.put('media/m-1', 'x', {
      httpMetadata: { contentType: 'application/octet-stream' },
    });
    return { path: '/v1/recordings/media/m-1' };
  },
  'POST /v1/held/drop': async () => json({ rule: 'stop', ...hand }),
};
