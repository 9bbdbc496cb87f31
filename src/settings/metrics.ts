import * as v from 'valibot';
import { defineSetting } from './define-setting.ts';
import { Milliseconds } from './values.ts';

/** What `/metrics` reports. */
export const metricsSettings = [
  defineSetting({
    name: 'METRICS_INTERVAL',
    secret: false,
    default: '10s',
    summary:
      'How often an isolate reports what it has counted for `/metrics`: one Durable Object call; at most `20s`. With `off` it reports only when `/metrics` is asked.',
    schema: v.union([
      v.pipe(
        v.literal('off'),
        v.transform(() => undefined),
      ),
      v.pipe(Milliseconds, v.maxValue(20_000, 'expected "off" or at most "20s"')),
    ]),
  }),
] as const;
