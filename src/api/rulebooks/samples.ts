import * as v from 'valibot';
import { defineOperation } from '../operation.ts';

export const listSamples = defineOperation({
  name: 'listSamples',
  method: 'get',
  path: '/v1/samples',
  role: 'read',
  summary: 'Callbacks to try rules with',
  description: 'The invented callbacks that come with Signalbox and that stories name.',
  responses: {
    304: { description: 'The caller has it already (`If-None-Match`).' },
    200: {
      description: 'Callbacks by name.',
      content: v.object({ samples: v.record(v.string(), v.record(v.string(), v.unknown())) }),
    },
  },
});

export const operations = [listSamples] as const;
