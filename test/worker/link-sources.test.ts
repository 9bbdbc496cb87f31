import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { type Box, look } from './routes/asking.ts';
import { request, send } from './routes/sending.ts';
import { APP, inbound, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const ID = 'BR.7Kq2vX9';
const NUMBER = '5511987654321';
const NEW = '5511912345678';

const wroteStop = (identity: string, at = -30) =>
  inbound('STOP', { channel: 'WHATSAPP', identity, at: minutes(at), id: `01J${identity}${at}` });
const stopped = async (box: Box, identity: string) =>
  (await look(box, `WHATSAPP/${identity}`)).suppressed;

const side = (more: object, channel = 'WHATSAPP') => ({ channel, app_id: '', ...more });
const message = (channel_identity: object) => {
  const { message: inner, ...rest } = inbound('Hello', { channel: 'WHATSAPP', at: minutes(-20) });
  return { ...rest, message: { ...inner, id: '01JHELLO', channel_identity } };
};
const notification = (field: string, value: object, asText = true) => {
  const payload = {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field, value }] }],
  };
  return {
    app_id: APP,
    event_time: minutes(-20),
    unsupported_callback: {
      channel: 'WHATSAPP',
      id: '01JNOTIFICATION',
      payload: asText ? JSON.stringify(payload) : payload,
    },
  };
};
const contact = (more: object = {}) => ({
  id: '01JCONTACT',
  channel_identities: [side({ identity: NUMBER }), side({ identity: ID })],
  ...more,
});
const notified = (kind: string, members: object) => ({
  app_id: '',
  event_time: minutes(-20),
  [`contact_${kind}_notification`]: members,
});

/** Callbacks that name a number and a business-scoped id of one person, by where they stand. */
const LINKS: Readonly<Record<string, object>> = {
  'beside each other in an identity': message(side({ identity: NUMBER, user_id: ID })),
  'the other way round': message(side({ identity: ID, phone_number: `+${NUMBER}` })),
  'in camel case, the number as a JSON number': message(
    side({ identity: ID, waId: Number(NUMBER) }),
  ),
  'in a delivery report': {
    app_id: APP,
    event_time: minutes(-20),
    message_delivery_report: {
      message_id: '01JDELIVERED',
      status: 'DELIVERED',
      channel_identity: side({ identity: ID, wa_id: NUMBER }),
    },
  },
  'in a new contact': notified('create', { contact: contact() }),
  'in one identity of a contact': notified('update', {
    contact: contact({ channel_identities: [side({ identity: ID, phone_number: NUMBER })] }),
  }),
  'in the contact that a merge preserves': notified('merge', {
    preserved_contact: contact(),
    deleted_contact: { id: '01JGONE' },
  }),
  'in Meta’s contacts': notification('messages', { contacts: [{ wa_id: NUMBER, user_id: ID }] }),
  'in Meta’s contacts, as an object': notification(
    'messages',
    { contacts: [{ wa_id: NUMBER, user_id: ID }] },
    false,
  ),
  'in Meta’s messages': notification('messages', {
    messages: [{ from: NUMBER, from_user_id: ID, type: 'text', text: { body: 'Hi' } }],
  }),
  'in Meta’s statuses': notification('messages', {
    statuses: [{ id: 'wamid.1', status: 'read', recipient_id: NUMBER, recipient_user_id: ID }],
  }),
  'in Meta’s preferences': notification('user_preferences', {
    user_preferences: [{ wa_id: NUMBER, user_id: ID, category: 'other', value: 'resume' }],
  }),
  'in an echo of a message of ours': notification('smb_message_echoes', {
    message_echoes: [{ from: '15550001111', to: NUMBER, to_user_id: ID }],
  }),
  'in a system message about the number': notification('messages', {
    messages: [
      {
        from: NUMBER,
        type: 'system',
        system: { type: 'user_changed_number', wa_id: NUMBER, user_id: ID },
      },
    ],
  }),
};

describe('a number and a business-scoped id are one person', () => {
  test.each(Object.entries(LINKS))('%s', async (_, callback) => {
    const box = openBox();
    await box.take(wroteStop(NUMBER));
    await box.take(wroteStop(NEW));
    await box.take(callback);
    expect(await stopped(box, ID)).toBe(true);
    expect((await send(box, request({}, ID, 'WHATSAPP'))).status).toBe(403);
  });

  test('whichever of several people of a notification they are', async () => {
    const box = openBox();
    await box.take(wroteStop(NUMBER));
    const people = [
      { wa_id: NEW, user_id: 'BR.other' },
      { wa_id: NUMBER, user_id: ID },
    ];
    await box.take(notification('messages', { contacts: people }));
    expect(await stopped(box, ID)).toBe(true);
    expect(await stopped(box, 'BR.other')).toBe(false);
  });
});

/** Callbacks that name no pair of one person. */
const NO_LINKS: Readonly<Record<string, object>> = {
  'a username beside the number': notification('messages', {
    contacts: [{ wa_id: NUMBER, profile: { username: ID } }],
  }),
  'an id of another channel': message(side({ identity: NUMBER, user_id: ID }, 'MESSENGER')),
  'an id of another contact': notification('messages', {
    contacts: [{ wa_id: NUMBER }, { user_id: ID }],
  }),
  'an id beside two numbers': notified('create', {
    contact: contact({
      channel_identities: [NUMBER, NEW, ID].map((identity) => side({ identity })),
    }),
  }),
};

test.each(Object.entries(NO_LINKS))('%s links nothing', async (_, callback) => {
  const box = openBox();
  await box.take(wroteStop(NUMBER));
  await box.take(callback);
  expect(await stopped(box, ID)).toBe(false);
});

/** Callbacks that say that a number or an id was replaced. */
const MOVES: Readonly<Record<string, readonly [from: string, to: string, callback: object]>> = {
  'a number, by members': [
    NUMBER,
    NEW,
    notification('messages', {
      messages: [
        { from: NUMBER, type: 'system', system: { type: 'user_changed_number', wa_id: NEW } },
      ],
    }),
  ],
  'an id, by members': [
    ID,
    'BR.new',
    notification('messages', {
      messages: [
        {
          type: 'system',
          system: { type: 'user_changed_user_id', previous_user_id: ID, user_id: 'BR.new' },
        },
      ],
    }),
  ],
  'an id, by an update of ids': [
    ID,
    'BR.new',
    notification('user_id_update', {
      user_id_update: [{ user_id: { previous: ID, current: 'BR.new' } }],
    }),
  ],
};

describe('a STOP goes on for what replaced', () => {
  test.each(Object.entries(MOVES))('%s, and the old one keeps it', async (_, [
    from,
    to,
    callback,
  ]) => {
    const box = openBox();
    await box.take(wroteStop(from));
    await box.take(callback);
    expect(await stopped(box, to)).toBe(true);
    await box.take({
      ...inbound('START', { channel: 'WHATSAPP', identity: to, at: minutes(-10), id: '01JSTART' }),
    });
    expect([await stopped(box, to), await stopped(box, from)]).toEqual([false, true]);
  });
});

describe('duplicated identities', () => {
  const duplicated = (key: string, list: string, more: object = {}) => ({
    app_id: '',
    event_time: minutes(-20),
    [key]: {
      [list]: [
        { channel: 'WHATSAPP', identity: NUMBER, contact_ids: ['01JONE', '01JTWO'], ...more },
      ],
    },
  });
  const optedOut = (contact_id: string) => ({
    app_id: APP,
    event_time: minutes(-5),
    opt_out_notification: { request_id: `R${contact_id}`, contact_id, status: 'OPT_OUT_SUCCEEDED' },
  });

  test.each([
    ['duplicated_contact_identities_notification', 'duplicated_identities'],
    ['duplicated_contact_identities_notification', 'duplicated_channel_identities'],
    ['duplicated_identities_notification', 'duplicated_channel_identities'],
  ])('of %s.%s are addresses of each contact', async (key, list) => {
    const box = openBox();
    await box.take(duplicated(key, list));
    await box.drain();
    await box.take(optedOut('01JTWO'));
    expect(await stopped(box, NUMBER)).toBe(true);
  });

  test('without an address open a review, and name nobody', async () => {
    const box = openBox();
    await box.take(
      duplicated('duplicated_contact_identities_notification', 'duplicated_identities', {
        identity: undefined,
      }),
    );
    await box.drain();
    const { reviews } = await (await box.ask('/v1/reviews')).json<{ reviews: object[] }>();
    expect(reviews).toMatchObject([{ kind: 'duplicate', contacts: ['01JONE', '01JTWO'] }]);
    await box.take(optedOut('01JTWO'));
    expect(await stopped(box, NUMBER)).toBe(false);
  });
});
