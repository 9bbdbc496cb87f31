import * as v from 'valibot';
import { defineOperation, ROLES } from '../operation.ts';

export const readMe = defineOperation({
  name: 'readMe',
  method: 'get',
  path: '/v1/me',
  role: 'any',
  summary: 'The name and roles of the token',
  description: 'The name is the actor on record of whatever the token does.',
  responses: {
    200: {
      description: 'The token as Signalbox knows it.',
      content: v.object({ name: v.string(), roles: v.array(v.picklist(ROLES)) }),
    },
  },
});

export const operations = [readMe] as const;
