import { type AlertOccurrence, endAlerts, raiseAlert } from '../../src/alerts/alert-dispatcher.ts';
import { type Alerts, readAlerts } from '../../src/alerts/config.ts';
import { openAlertContext } from '../../src/pipeline/alert-context.ts';
import { open } from '../../src/services.ts';
import { type Box, openBox } from './box.ts';

/** What our own webhook is told. */
export interface Told {
  readonly id: string;
  readonly alert: string;
  readonly state: string;
  readonly severity: string;
  readonly title: string;
  readonly count: number;
  readonly at: string;
}

/** A box whose alerts go by an `alerts.json` of the test's own, and alerts raised straight into it. */
export interface AlertBox extends Box {
  /** Raises an alert; without more it is `high`, of rule `failed`, app `a`, SMS. Answers what was said of it. */
  readonly raise: (alarm?: Alarmed) => Promise<string>;
  /** A rule says that another one's alerts are over. */
  readonly end: (
    rule: string,
    options?: { actor?: string; app_id?: string; channel?: string; at?: number },
  ) => Promise<string>;
  readonly told: () => Promise<readonly Told[]>;
  /** What `GET /v1/alerts/{id}` says of the only group. */
  readonly why: () => Promise<{
    id: string;
    state: string;
    message: string;
    count: number;
    trail: { event: string; message: string }[];
  }>;
}

interface Alarmed {
  readonly rule?: string;
  readonly owner?: string;
  readonly severity?: 'critical' | 'high' | 'low';
  readonly app_id?: string;
  readonly channel?: string;
  readonly key?: string;
  readonly at?: number;
  readonly to?: string;
  readonly resolvable?: boolean;
}

const OPS = { type: 'webhook', url: { secret: 'DEST_OPS' } };
const PAGER = { type: 'pagerduty', key: { secret: 'DEST_PAGER' } };
const SLACK = { type: 'slack', url: { secret: 'DEST_SLACK' } };
const DESTINATIONS = { ops: OPS, pager: PAGER, slack: SLACK };

/** Opens one. Alerts wait as their routes say, unless `more` settings say otherwise. */
export function openAlertBox(
  written: object = {},
  more: Readonly<Record<string, string>> = {},
): AlertBox {
  const alerts: Alerts = readAlerts({ destinations: DESTINATIONS, default: 'ops', ...written });
  const settings = {
    ALERT_MAX_WAIT: '24h',
    DEST_PAGER: 'pager-key-of-thirty-two-letters!',
    DEST_SLACK: 'https://sinch.test/services/T0/B0/token',
    ...more,
  };
  const box = openBox({}, settings, (services) => ({ ...services, alerts: async () => alerts }));
  const tending = () => openAlertContext({ ...open(box.bindings), alerts: async () => alerts });
  let count = 0;
  return {
    ...box,
    async raise({ key, at = Date.now(), ...alarmed } = {}) {
      count += 1;
      const member: AlertOccurrence['member'] = {
        ...({
          rule: 'failed',
          owner: 'tests',
          severity: 'high',
          app_id: 'a',
          channel: 'SMS',
          resolvable: false,
        } as const),
        ...{
          labels: {},
          title: 'It fails',
          text: '',
          sentence: '',
          why: '',
          facts: {},
          callbackId: '',
        },
        ...alarmed,
      };
      return raiseAlert({ key: key ?? `key-${count}`, member, at }, await tending());
    },
    async end(rule, { actor = 'mended', app_id = 'a', channel = 'SMS', at = Date.now() } = {}) {
      return endAlerts({ rule, actor, app_id, channel, at }, await tending());
    },
    async told() {
      return (await box.arrivals('alert')).map(({ body }) => body as unknown as Told); // our own webhook's JSON
    },
    async why() {
      const { alerts: all } = await (await box.ask('/v1/alerts')).json<{
        alerts: { id: string }[];
      }>();
      return (await box.ask(`/v1/alerts/${all[0]?.id}`)).json();
    },
  };
}
