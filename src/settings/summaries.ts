/** What a deployment may set: one name a line, in words. The README's table is drawn from here. */
export const SETTINGS: readonly {
  readonly name: string;
  readonly secret: boolean;
  readonly summary: string;
}[] = [
  {
    name: 'WEBHOOK_SECRETS',
    secret: true,
    summary:
      'The webhook secret as it is, or JSON from app id (`*` for all others) to a list of secrets.',
  },
  {
    name: 'API_TOKEN',
    secret: true,
    summary: 'Who bears it may do everything at `/v1/*`: `Authorization: Bearer <API_TOKEN>`.',
  },
  {
    name: 'API_TOKENS',
    secret: true,
    summary:
      'More tokens, each with its roles of `read`, `send`, `author`, `admin`: `{"<name>": {"token": "…", "roles": ["read"]}}`. With it, `API_TOKEN` may be left out. See [Tokens](#tokens).',
  },
  {
    name: 'DATA_KEY',
    secret: true,
    summary:
      'Hash and encryption keys are derived from it. At least 32 characters; it stays what it was at first deployment.',
  },
  {
    name: 'SINCH_PROJECT_ID',
    secret: false,
    summary: 'The Sinch project that retries and capability checks go to.',
  },
  { name: 'SINCH_KEY_ID', secret: false, summary: 'The access key of that project.' },
  { name: 'SINCH_KEY_SECRET', secret: true, summary: 'Its secret.' },
  {
    name: 'SINCH_REGION',
    secret: false,
    summary: '`us`, `eu` (default) or `br`: the region of the Conversation API app.',
  },
  {
    name: 'DEST_*',
    secret: true,
    summary:
      'Addresses and keys of destinations; the only secrets that `rules/alerts.json` may name.',
  },
  {
    name: 'SIGNATURE_MAX_AGE',
    secret: false,
    summary:
      'How old a signature may be, default `24h`: Sinch does not re-sign what it sends again.',
  },
  {
    name: 'MAX_RETRY_DELAY',
    secret: false,
    summary: 'The longest wait before a retry, default `12h`, the most a queue can.',
  },
  {
    name: 'PUBLIC_URL',
    secret: false,
    summary: 'The address of this Worker, like `https://signalbox.example.com`: alerts link to it.',
  },
  {
    name: 'ALERT_MAX_WAIT',
    secret: false,
    summary:
      'No alert waits longer for more of the same, whatever its route says. Not set in production; `npm start` sets `1s`.',
  },
  {
    name: 'CONSENT_CHANNEL_GROUPS',
    secret: false,
    summary:
      'Channels that share one consent, out of SMS, MMS, WHATSAPP, RCS and VIBERBM; default `SMS,MMS`. Fixed at first deployment.',
  },
  {
    name: 'ARCHIVE_HOSTS',
    secret: false,
    summary:
      'Hosts (and their subdomains) that `archive` may fetch from, comma-separated; default `sinch.com`.',
  },
  {
    name: 'BLOCKED_EGRESS_DOMAINS',
    secret: false,
    summary:
      'Domains that nothing is forwarded to, told to or fetched from, with all that is below them, comma-separated: your own zone, if the Worker has a custom domain. Refused without it: the hosts at which callbacks arrive, that of `PUBLIC_URL`, and your account’s `workers.dev`.',
  },
  {
    name: 'JURISDICTION',
    secret: false,
    summary: '`eu` keeps Durable Objects in the EU. Fixed at first deployment.',
  },
  {
    name: 'JOURNAL',
    secret: false,
    summary:
      'Which callbacks go on record: `all` (default), `acted` (only where a rule fired, or failed), `off`.',
  },
  {
    name: 'JOURNAL_PAYLOAD',
    secret: false,
    summary:
      '`keep` keeps each callback whole, encrypted; `omit` (default) keeps no text and no contact’s data.',
  },
  {
    name: 'JOURNAL_RETENTION',
    secret: false,
    summary: 'How long a record is kept, default `14d`.',
  },
  {
    name: 'CONSENT_JOURNAL_RETENTION',
    secret: false,
    summary: 'How long a record of consent given or withdrawn is kept, default `400d`.',
  },
  {
    name: 'MESSAGE_RETENTION',
    secret: false,
    summary:
      'How long a submitted message is kept, encrypted, so that it can be sent again; default `24h`. A `retry` whose `within` is longer may find it gone: it is left out then, and says so.',
  },
  {
    name: 'RECORDING_RETENTION',
    secret: false,
    summary:
      'How long recordings and media are kept, default `400d`; then the nightly run deletes them. A law may ask for more, or for less.',
  },
  {
    name: 'INDEX_AUDIT_RATE',
    secret: false,
    summary:
      'Which share of callbacks is decided once more by json-rules-engine alone, default `0.001`. A difference is a critical alert. `0` is none.',
  },
  {
    name: 'SINCH_API_URL',
    secret: false,
    summary: 'Another address for the Conversation API, for tests.',
  },
  {
    name: 'SINCH_AUTH_URL',
    secret: false,
    summary: 'Another address for Sinch’s OAuth2 server, for tests.',
  },
];
