import * as v from 'valibot';
import { defineAction } from './action.ts';

/** Does nothing and records why. */
export const ignore = defineAction({
  name: 'ignore',
  kind: 'record',
  description: 'Does nothing and records why.',
  params: v.strictObject({ because: v.pipe(v.string(), v.nonEmpty()) }),
  summary: ({ because }) => `do nothing: ${because}`,
});
