import { defineSetting } from './define-setting.ts';
import { LowerNames, Milliseconds, Names, QueueDelay, Url } from './values.ts';

/** Outgoing requests: retries, alerts, downloads. */
export const deliverySettings = [
  defineSetting({
    name: 'MAX_RETRY_DELAY',
    secret: false,
    default: '12h',
    summary: 'Longest wait before a retry; at most `12h`, the limit of a queue.',
    schema: QueueDelay,
  }),
  defineSetting({
    name: 'PUBLIC_URL',
    secret: false,
    summary:
      'The public address of this Worker, like `https://signalbox.example.com`: alerts link to it.',
    schema: Url,
  }),
  defineSetting({
    name: 'ALERT_MAX_WAIT',
    secret: false,
    summary:
      'Upper limit of the time for which any route groups alerts. Not set in production; `npm start` sets `1s`.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'ARCHIVE_HOSTS',
    secret: false,
    default: 'sinch.com',
    summary: 'Hosts (and their subdomains) from which `archive` may download, comma-separated.',
    schema: Names,
  }),
  defineSetting({
    name: 'BLOCKED_EGRESS_DOMAINS',
    secret: false,
    default: '',
    summary:
      'Domains (and their subdomains) to which Signalbox sends no request, comma-separated: your own zone, if the Worker has a custom domain. Always blocked: the hosts at which callbacks arrive, the host of `PUBLIC_URL`, and the `workers.dev` domain of your account.',
    schema: LowerNames,
  }),
  defineSetting({
    name: 'HEALTH_CACHE',
    secret: false,
    default: '5s',
    summary:
      'How long an answer of `/healthz` is repeated. The page needs no token, and each new answer asks all stores.',
    schema: Milliseconds,
  }),
] as const;
