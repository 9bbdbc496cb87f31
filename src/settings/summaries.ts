/** What a deployment may set: one name a line, in words. The README's table is drawn from here. */
export const SETTINGS: readonly {
  readonly name: string;
  readonly secret: boolean;
  readonly says: string;
}[] = [
  {
    name: 'WEBHOOK_SECRETS',
    secret: true,
    says: 'The webhook secret as it is, or JSON from app id (`*` for all others) to a list of secrets.',
  },
  {
    name: 'API_TOKEN',
    secret: true,
    says: 'Who bears it may do everything at `/v1/*`: `Authorization: Bearer <API_TOKEN>`.',
  },
  {
    name: 'API_TOKENS',
    secret: true,
    says: 'More tokens, each with its roles of `read`, `send`, `author`, `admin`: `{"<name>": {"token": "…", "roles": ["read"]}}`. With it, `API_TOKEN` may be left out. See [Tokens](#tokens).',
  },
  {
    name: 'DATA_KEY',
    secret: true,
    says: 'Hash and encryption keys are derived from it. At least 32 characters; it stays what it was at first deployment.',
  },
  {
    name: 'SINCH_PROJECT_ID',
    secret: false,
    says: 'The Sinch project that retries and capability checks go to.',
  },
  { name: 'SINCH_KEY_ID', secret: false, says: 'The access key of that project.' },
  { name: 'SINCH_KEY_SECRET', secret: true, says: 'Its secret.' },
  {
    name: 'SINCH_REGION',
    secret: false,
    says: '`us`, `eu` (default) or `br`: the region of the Conversation API app.',
  },
  {
    name: 'DEST_*',
    secret: true,
    says: 'Addresses and keys of destinations; the only secrets that `rules/alerts.json` may name.',
  },
  {
    name: 'MAX_AGE',
    secret: false,
    says: 'How old a signature may be, default `24h`: Sinch does not re-sign what it sends again.',
  },
  {
    name: 'MAX_RETRY_DELAY',
    secret: false,
    says: 'The longest wait before a retry, default `12h`, the most a queue can.',
  },
  {
    name: 'PUBLIC_URL',
    secret: false,
    says: 'The address of this Worker, like `https://signalbox.example.com`: alerts link to it.',
  },
  {
    name: 'MAX_ALERT_WAIT',
    secret: false,
    says: 'No alert waits longer for more of the same, whatever its route says. Not set in production; `npm start` sets `1s`.',
  },
  {
    name: 'LINKED_CHANNELS',
    secret: false,
    says: 'Channels that share one consent, out of SMS, MMS, WHATSAPP, RCS and VIBERBM; default `SMS,MMS`. Fixed at first deployment.',
  },
  {
    name: 'ARCHIVE_HOSTS',
    secret: false,
    says: 'Hosts (and their subdomains) that `archive` may fetch from, comma-separated; default `sinch.com`.',
  },
  {
    name: 'OWN_ZONES',
    secret: false,
    says: 'Domains that nothing is forwarded to, told to or fetched from, with all that is below them, comma-separated: your own zone, if the Worker has a custom domain. Refused without it: the hosts at which callbacks arrive, that of `PUBLIC_URL`, and your account’s `workers.dev`.',
  },
  {
    name: 'JURISDICTION',
    secret: false,
    says: '`eu` keeps Durable Objects in the EU. Fixed at first deployment.',
  },
  {
    name: 'JOURNAL',
    secret: false,
    says: 'Which callbacks go on record: `all` (default), `acted` (only where a rule fired, or failed), `off`.',
  },
  {
    name: 'JOURNAL_PAYLOAD',
    secret: false,
    says: '`keep` keeps each callback whole, encrypted; `omit` (default) keeps no text and no contact’s data.',
  },
  {
    name: 'JOURNAL_KEPT',
    secret: false,
    says: 'How long a record is kept, default `14d`.',
  },
  {
    name: 'JOURNAL_KEPT_CONSENT',
    secret: false,
    says: 'How long a record of consent given or withdrawn is kept, default `400d`.',
  },
  {
    name: 'MESSAGES_KEPT',
    secret: false,
    says: 'How long a submitted message is kept, encrypted, so that it can be sent again; default `24h`. A `retry` whose `within` is longer may find it gone: it is left out then, and says so.',
  },
  {
    name: 'ARCHIVE_KEPT',
    secret: false,
    says: 'How long recordings and media are kept, default `400d`; then the nightly run deletes them. A law may ask for more, or for less.',
  },
  {
    name: 'SIEVE_AUDIT',
    secret: false,
    says: 'Which share of callbacks is decided once more by json-rules-engine alone, default `0.001`. A difference is a critical alert. `0` is none.',
  },
  {
    name: 'SINCH_API_URL',
    secret: false,
    says: 'Another address for the Conversation API, for tests.',
  },
  {
    name: 'SINCH_AUTH_URL',
    secret: false,
    says: 'Another address for Sinch’s OAuth2 server, for tests.',
  },
];
