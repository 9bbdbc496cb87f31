import { signCallback } from '../../src/callbacks/signature.ts';
import { sampleBody } from '../../src/samples/samples.ts';
import { SETTINGS, TOKENS } from './tokens.ts';

/** What comes in on the day that the pictures show, in this order. */
const SAMPLES = [
  ...Array.from({ length: 14 }, () => 'delivery-delivered'),
  ...Array.from({ length: 5 }, () => 'delivery-read'),
  ...['delivery-failed-content', 'delivery-failed-permanent', 'delivery-failed-transient'],
  ...['message-inbound', 'message-inbound-media', 'message-inbound-location', 'start'],
  ...['opt-in-viber', 'opt-out-viber', 'contact-created', 'conversation-started', 'help'],
  ...['whatsapp-quality-yellow', 'whatsapp-quality-red', 'unsupported-template-paused'],
  ...['unsupported', 'event-payment', 'capability-full', 'recording'],
];

/** What customers write. The last ones are near misses that wait for a person. */
const TEXTS = [
  ['STOP', '12025550101'],
  ['Arrêt', '33612345678'],
  ['Where is my parcel?', '12025550102'],
  ['Thank you!', '12025550103'],
  ['please stop texting me about offers', '12025550177'],
  ['I told you twice to unsubscribe me from this list', '12025550178'],
  ['<b>STOP</b> sending me this <script>alert(1)</script>', '12025550179'],
] as const;

let count = 0;

/** Fills a new Worker with a day of callbacks and with what people did on that day. */
export async function fillWorker(url: string): Promise<void> {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${TOKENS.admin.token}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const send = (body: Record<string, unknown>) => post(url, JSON.stringify(dated(body)));
  const actor = 'maria.lind';
  await ask('POST', '/v1/pauses', {
    ...{ kind: 'rule', name: 'help', actor },
    reason: 'The answer names the wrong opening hours.',
  });
  await ask('POST', '/v1/silences', {
    ...{ match: { rule: 'content-refused' }, for: '2h', actor },
    reason: 'The template is being corrected.',
  });
  for (const name of SAMPLES) await send(sampleBody(name));
  for (const [text, sender] of TEXTS) await send(inbound(text, sender));
  await send(inbound('HELP', '12025550104'));
  await post(url, '{"app_id": "01JSIGNALBOXEXAMPLEAPP0001", "new_kind_of_callback": {}}');
  await ask('POST', '/v1/consent/backups');
  await ask('POST', '/v1/erase', {
    ...{ channel: 'SMS', identity: '12025550103', app_id: '', actor },
    reason: 'Request 4711 of the data protection officer.',
  });
}

/** A message from a person. */
function inbound(text: string, sender: string): Record<string, unknown> {
  const body = structuredClone(sampleBody('stop'));
  const message: Record<string, unknown> = Object(body.message);
  return {
    ...body,
    message: {
      ...message,
      id: `01PICTURE${String(++count).padStart(17, '0')}`,
      contact_message: { text_message: { text } },
      channel_identity: { channel: 'SMS', identity: sender, app_id: '' },
    },
  };
}

/** The callback as of now, about another message each time. */
function dated(body: Record<string, unknown>): object {
  const at = new Date(Date.now() - ++count).toISOString();
  const report = body.message_delivery_report;
  return {
    ...body,
    accepted_time: at,
    event_time: at,
    ...(report !== undefined && {
      message_delivery_report: {
        ...Object(report),
        message_id: `01PICTURE${String(count).padStart(17, '0')}`,
      },
    }),
  };
}

async function post(url: string, text: string): Promise<void> {
  const headers = await signCallback(new TextEncoder().encode(text), SETTINGS.WEBHOOK_SECRETS, {
    timestamp: Math.floor(Date.now() / 1000),
    nonce: crypto.randomUUID(),
  });
  const response = await fetch(`${url}/callbacks`, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', ...headers },
  });
  if (response.status !== 200) throw new Error(`a callback was answered ${response.status}`);
}
