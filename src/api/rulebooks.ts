import * as v from 'valibot';
import { Source, Texts } from '../rulebooks/canonical.ts';
import { defineOperation, Time, text } from './operation.ts';

/** Who changes something, and why. */
const Words = { author: v.optional(text()), message: v.optional(text(2_000)) };

/** A rulebook to publish: the files of `rules/`, by name. */
/** 10,000 rules with their examples, in bytes. A KV value may have 25 MiB. */
const MAX_RULEBOOK = 16 * 1024 * 1024;

export const PublishRequest = v.strictObject({
  ...Source.entries,
  ...Words,
  /** The texts of the files as they are written, so that they can be downloaded so: `{"stop.json": "{ … }"}`. */
  files: v.optional(Texts),
  /** The version in force that the author looked at, or `*` for any. `If-Match` may say it instead. */
  builds_on: v.optional(text(64)),
});
export type PublishRequest = v.InferOutput<typeof PublishRequest>;

/** `activate=false` stores only; `shadow=true` tries it beside the one in force; `guardrails=replace` takes away those that are missing. */
export const PublishQuery = {
  activate: v.optional(v.picklist(['true', 'false']), 'true'),
  shadow: v.optional(v.picklist(['true', 'false']), 'false'),
  guardrails: v.optional(v.picklist(['keep', 'replace']), 'keep'),
};

/** A change of what is in force. */
export const ChangeWords = v.strictObject({ ...Words, builds_on: v.optional(text(64)) });
export const ChangeQuery = { guardrails: PublishQuery.guardrails };

export const FoundFinding = v.object({
  file: v.string(),
  path: v.array(v.union([v.string(), v.number()])),
  code: v.string(),
  severity: v.picklist(['error', 'warning']),
  message: v.string(),
  hint: v.optional(v.string()),
});

export const Changed = v.object({
  version: v.string(),
  /** `null`: it is stored, and nothing else changed. */
  put: v.nullable(v.picklist(['in force', 'in shadow'])),
  before: v.string(),
  warnings: v.array(FoundFinding),
  /** Guardrails that the rulebook does not bring, and that hold all the same. */
  guardrails_kept: v.array(v.string()),
});
export type Changed = v.InferOutput<typeof Changed>;

export const VersionAnswer = v.object({
  version: v.string(),
  origin: v.picklist(['published', 'bundled']),
  author: v.string(),
  message: v.string(),
  at: Time,
  rules: v.number(),
  in_force: v.boolean(),
  shadow: v.boolean(),
});

export const RulebooksAnswer = v.object({
  in_force: v.string(),
  shadow: v.nullable(v.string()),
  /** The rules of the deployment that answers. */
  bundled: v.string(),
  versions: v.array(VersionAnswer),
  /** What was put in force or in shadow, the newest first; `null` is the bundled rules, or no shadow. */
  history: v.array(
    v.object({
      kind: v.picklist(['activate', 'rollback', 'shadow']),
      version: v.nullable(v.string()),
      at: Time,
      actor: v.string(),
      reason: v.string(),
    }),
  ),
});

/** A rulebook with its words: `rulebook` is what was published, examples and stories included. */
export const RulebookAnswer = v.object({
  ...VersionAnswer.entries,
  rulebook: Source,
  /** The files as they were written, by name; none where the publisher sent values only. */
  files: Texts,
});

/** Rules to be tried on what is on record. `since` is a moment, or how long ago. */
export const BacktestRequest = v.strictObject({
  ...Source.entries,
  since: v.optional(text(40), '7d'),
  until: v.optional(text(40)),
  /** Where an earlier answer ended. */
  cursor: v.optional(text()),
});

const Names = v.array(v.string());
const DidEntries = { rule: v.string(), action: v.string(), message: v.string() };
export const TallyAnswer = v.object({
  callbacks: v.number(),
  changed: v.number(),
  shifts: v.array(
    v.object({
      ...DidEntries,
      more: v.number(),
      fewer: v.number(),
      moreFor: Names,
      fewerFor: Names,
    }),
  ),
  actions: v.array(v.object({ action: v.string(), before: v.number(), after: v.number() })),
  suppressed: Names,
  released: Names,
  unknown: v.array(
    v.object({ rule: v.string(), count: v.number(), reason: Names, examples: Names }),
  ),
});

export const BacktestAnswer = v.object({
  /** The version in force, that the rules were held against. */
  against: v.string(),
  /** What would be different. */
  tally: TallyAnswer,
  /** Ask again with this cursor, until it is `null`, and add the answers up. */
  next: v.nullable(v.string()),
});

const named = { version: text(64) };
const NAMES = 'A version, its first four characters or more, `in-force` or `bundled`.';
const refusals = {
  412: {
    description:
      'Something else is in force than the caller saw; `difference` says what changed meanwhile.',
  },
  422: { description: 'It must not decide; `findings` says why.' },
};

export const listRulebooks = defineOperation({
  name: 'listRulebooks',
  method: 'get',
  path: '/v1/rulebooks',
  role: 'read',
  summary: 'Which rulebooks are there, and which is in force?',
  responses: {
    200: {
      description: 'All versions, and what was put in force when.',
      content: RulebooksAnswer,
    },
  },
});

export const publishRulebook = defineOperation({
  name: 'publishRulebook',
  method: 'put',
  path: '/v1/rulebooks',
  role: 'author',
  summary: 'Publish rules',
  description:
    'Checks the rules, runs their examples and every guardrail, stores them under the hash of what they say, and puts them in force. To take a guardrail away (`guardrails=replace`) the token needs the role admin.',
  query: PublishQuery,
  body: PublishRequest,
  maxBytes: MAX_RULEBOOK,
  responses: {
    200: { description: 'It is stored, and in force unless asked otherwise.', content: Changed },
    ...refusals,
  },
});

export const backtestRulebook = defineOperation({
  name: 'backtestRulebook',
  method: 'post',
  path: '/v1/rulebooks/backtest',
  role: 'author',
  summary: 'What would these rules have done?',
  description:
    'Decides what is on record anew, by the rules in force and by these, a part at a time. Nothing is done. Where a fact was not kept, the outcome is unknown, and the answer says so.',
  body: BacktestRequest,
  maxBytes: MAX_RULEBOOK,
  responses: {
    200: { description: 'What would have been different.', content: BacktestAnswer },
    422: refusals[422],
  },
});

export const readRulebook = defineOperation({
  name: 'readRulebook',
  method: 'get',
  path: '/v1/rulebooks/:version',
  role: 'read',
  summary: 'A rulebook as it was published',
  description: NAMES,
  params: named,
  responses: { 200: { description: 'The rulebook, with its examples.', content: RulebookAnswer } },
});

export const activateRulebook = defineOperation({
  name: 'activateRulebook',
  method: 'post',
  path: '/v1/rulebooks/:version/activate',
  role: 'author',
  summary: 'Put a rulebook in force',
  description: NAMES,
  params: named,
  query: ChangeQuery,
  body: ChangeWords,
  responses: { 200: { description: 'It is in force.', content: Changed }, ...refusals },
});

export const shadowRulebook = defineOperation({
  name: 'shadowRulebook',
  method: 'post',
  path: '/v1/rulebooks/:version/shadow',
  role: 'author',
  summary: 'Try a rulebook in shadow',
  description:
    'It decides beside the one in force; its decisions are put on record, and nothing is done.',
  params: named,
  body: ChangeWords,
  responses: { 200: { description: 'It is in shadow.', content: Changed }, 422: refusals[422] },
});

export const endShadow = defineOperation({
  name: 'endShadow',
  method: 'delete',
  path: '/v1/rulebooks/shadow',
  role: 'author',
  summary: 'End the shadow',
  responses: {
    200: {
      description: 'Nothing is in shadow any more.',
      content: v.object({ shadow: v.null() }),
    },
  },
});

export const rollBackRulebook = defineOperation({
  name: 'rollBackRulebook',
  method: 'post',
  path: '/v1/rulebooks/rollback',
  role: 'author',
  summary: 'Take the last publication back',
  description: 'Puts in force what was in force before; once more leads further back.',
  query: ChangeQuery,
  body: ChangeWords,
  responses: { 200: { description: 'It is in force.', content: Changed }, ...refusals },
});

export const operations = [
  listRulebooks,
  publishRulebook,
  backtestRulebook,
  readRulebook,
  activateRulebook,
  shadowRulebook,
  endShadow,
  rollBackRulebook,
] as const;
