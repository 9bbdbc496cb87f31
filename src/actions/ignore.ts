import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { defineAction } from './action.ts';

/** Does nothing and records why. */
export const ignore = defineAction({
  name: 'ignore',
  kind: 'record',
  description: 'Does nothing and records why.',
  params: v.strictObject({
    because: described('Why nothing is done.', v.pipe(v.string(), v.nonEmpty())),
  }),
  summary: ({ because }) => `do nothing: ${because}`,
});
