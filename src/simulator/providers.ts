import * as v from 'valibot';

/**
 * A provider that alerts go to: where it listens, and how it answers what it gets when all is well
 * with it.
 */
export interface Provider {
  readonly kind: string;
  /** As Hono writes it. */
  readonly path: string;
  readonly answer: (body: unknown, headers: Headers) => Response;
}

const text = (most: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(most));
const plain = (most: number) => v.strictObject({ type: v.literal('plain_text'), text: text(most) });
const mrkdwn = (most: number) => v.strictObject({ type: v.literal('mrkdwn'), text: text(most) });

/** Source: Slack, "Reference: Blocks", and "Sending messages using incoming webhooks". */
const SlackMessage = v.strictObject({
  text: text(40_000),
  blocks: v.pipe(
    v.array(
      v.variant('type', [
        v.strictObject({ type: v.literal('header'), text: plain(150) }),
        v.strictObject({
          type: v.literal('section'),
          text: v.optional(mrkdwn(3_000)),
          fields: v.optional(v.pipe(v.array(mrkdwn(2_000)), v.minLength(1), v.maxLength(10))),
        }),
        v.strictObject({
          type: v.literal('context'),
          elements: v.pipe(v.array(mrkdwn(2_000)), v.maxLength(10)),
        }),
        v.strictObject({
          type: v.literal('actions'),
          elements: v.pipe(
            v.array(
              v.strictObject({ type: v.literal('button'), text: plain(75), url: text(3_000) }),
            ),
            v.maxLength(25),
          ),
        }),
      ]),
    ),
    v.maxLength(50),
  ),
});

/**
 * Source: Microsoft, "Post a workflow when a webhook request is received"; the Adaptive Cards
 * schema 1.4.
 */
const TeamsMessage = v.strictObject({
  type: v.literal('message'),
  attachments: v.tuple([
    v.strictObject({
      contentType: v.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: v.null(),
      content: v.strictObject({
        $schema: v.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
        type: v.literal('AdaptiveCard'),
        version: v.literal('1.4'),
        body: v.pipe(
          v.array(
            v.variant('type', [
              v.strictObject({
                type: v.literal('TextBlock'),
                text: v.pipe(v.string(), v.nonEmpty()),
                wrap: v.boolean(),
                size: v.optional(v.picklist(['small', 'default', 'medium', 'large', 'extraLarge'])),
                weight: v.optional(v.picklist(['lighter', 'default', 'bolder'])),
                color: v.optional(
                  v.picklist([
                    'default',
                    'dark',
                    'light',
                    'accent',
                    'good',
                    'warning',
                    'attention',
                  ]),
                ),
                isSubtle: v.optional(v.boolean()),
              }),
              v.strictObject({
                type: v.literal('FactSet'),
                facts: v.array(v.strictObject({ title: v.string(), value: v.string() })),
              }),
            ]),
          ),
          v.nonEmpty(),
        ),
        actions: v.optional(
          v.array(
            v.strictObject({
              type: v.literal('Action.OpenUrl'),
              title: v.string(),
              url: v.pipe(v.string(), v.url()),
            }),
          ),
        ),
      }),
    }),
  ]),
});

const routed = {
  routing_key: v.pipe(v.string(), v.length(32)),
  dedup_key: v.pipe(v.string(), v.nonEmpty(), v.maxLength(255)),
};

/** Source: PagerDuty, "Events API v2": alert events. */
const PagerDutyEvent = v.variant('event_action', [
  v.strictObject({ ...routed, event_action: v.picklist(['resolve', 'acknowledge']) }),
  v.strictObject({
    ...routed,
    event_action: v.literal('trigger'),
    client: v.optional(v.string()),
    client_url: v.optional(v.string()),
    links: v.optional(
      v.array(v.strictObject({ href: v.pipe(v.string(), v.url()), text: v.string() })),
    ),
    payload: v.strictObject({
      summary: text(1_024),
      source: v.pipe(v.string(), v.nonEmpty()),
      severity: v.picklist(['critical', 'error', 'warning', 'info']),
      timestamp: v.optional(v.pipe(v.string(), v.isoTimestamp())),
      component: v.optional(v.string()),
      group: v.optional(v.string()),
      class: v.optional(v.string()),
      custom_details: v.optional(v.record(v.string(), v.unknown())),
    }),
  }),
]);

const isJson = (headers: Headers): boolean =>
  headers.get('content-type')?.startsWith('application/json') ?? false;

/**
 * Slack, Microsoft Teams and PagerDuty, as far as alerts go: each takes what its documentation
 * takes and refuses the rest.
 */
export const providers: readonly Provider[] = [
  {
    kind: 'slack',
    path: '/services/:team/:channel/:token',
    answer(body, headers) {
      if (!isJson(headers)) return new Response('invalid_payload', { status: 400 });
      return v.safeParse(SlackMessage, body).success
        ? new Response('ok')
        : new Response('invalid_blocks', { status: 400 });
    },
  },
  {
    kind: 'teams',
    path: '/workflows/:id/triggers/manual/paths/invoke',
    answer(body, headers) {
      const size = new TextEncoder().encode(JSON.stringify(body)).byteLength;
      if (size > 28 * 1_024) return new Response(null, { status: 413 });
      return new Response(null, {
        status: isJson(headers) && v.safeParse(TeamsMessage, body).success ? 202 : 400,
      });
    },
  },
  {
    kind: 'pagerduty',
    path: '/v2/enqueue',
    answer(body, headers) {
      const event = v.safeParse(PagerDutyEvent, body);
      if (!isJson(headers) || !event.success) {
        const errors = event.success ? ['not JSON'] : event.issues.map(({ message }) => message);
        return Response.json(
          { status: 'invalid event', message: 'Event object is invalid', errors },
          { status: 400 },
        );
      }
      const { dedup_key } = event.output;
      return Response.json(
        { status: 'success', message: 'Event processed', dedup_key },
        { status: 202 },
      );
    },
  },
];
