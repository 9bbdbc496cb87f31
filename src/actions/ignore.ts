import * as v from 'valibot';
import { defineAction } from './action.ts';

/** Nothing, on record. */
export const ignore = defineAction({
  name: 'ignore',
  kind: 'record',
  description: 'Does nothing, and says so on record.',
  params: v.strictObject({ because: v.pipe(v.string(), v.nonEmpty()) }),
  summary: ({ because }) => `do nothing: ${because}`,
});
