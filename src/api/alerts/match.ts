import * as v from 'valibot';
import { Severity } from '../../rules/model/values.ts';

const Text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const oneOrMany = <S extends v.GenericSchema>(schema: S) =>
  v.union([schema, v.pipe(v.array(schema), v.nonEmpty('must not be empty'))]);

/** Matchers of alerts: all members must match, a list means any of its values, `*` matches any letters. */
export const Match = v.strictObject({
  severity: v.optional(oneOrMany(Severity)),
  owner: v.optional(oneOrMany(Text)),
  rule: v.optional(oneOrMany(Text)),
  app_id: v.optional(oneOrMany(Text)),
  channel: v.optional(oneOrMany(Text)),
  labels: v.optional(v.record(v.string(), oneOrMany(Text))),
});
export type Match = v.InferOutput<typeof Match>;
