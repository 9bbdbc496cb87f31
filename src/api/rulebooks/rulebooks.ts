import * as v from 'valibot';
import { Source, Texts } from '../../rulebooks/canonical.ts';
import { defineOperation, Time, text } from '../operation.ts';

/** The author and the message of a change. */
const Words = { author: v.optional(text()), message: v.optional(text(2_000)) };

/** A rulebook to publish: the files of `rules/`, by name. */
/** 10,000 rules with their examples, in bytes. A KV value may have 25 MiB. */
const MAX_RULEBOOK = 16 * 1024 * 1024;

export const PublishRequest = v.strictObject({
  ...Source.entries,
  ...Words,
  /** The texts of the files as they are written, so that they can be downloaded so: `{"stop.json": "{ … }"}`. */
  files: v.optional(Texts),
  /** The version in force that the author worked on, or `*` for any. `If-Match` is an alternative. */
  builds_on: v.optional(text(64)),
});
export type PublishRequest = v.InferOutput<typeof PublishRequest>;

/** `activate=false` only stores; `shadow=true` evaluates it beside the one in force; `guardrails=replace` removes missing guardrails. */
export const PublishQuery = {
  activate: v.optional(v.picklist(['true', 'false']), 'true'),
  shadow: v.optional(v.picklist(['true', 'false']), 'false'),
  guardrails: v.optional(v.picklist(['keep', 'replace']), 'keep'),
};

/** A change of the rulebook in force. */
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
  /** `null`: stored only. */
  put: v.nullable(v.picklist(['in force', 'in shadow'])),
  before: v.string(),
  warnings: v.array(FoundFinding),
  /** Guardrails that the rulebook lacks and that stay in force. */
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
  /** The rulebook of the deployment that answers. */
  bundled: v.string(),
  versions: v.array(VersionAnswer),
  /** Activations and shadows, newest first; `null` is the bundled rulebook, or no shadow. */
  history: v.array(
    v.object({
      kind: v.picklist(['activate', 'rollback', 'shadow']),
      version: v.nullable(v.string()),
      at: Time,
      actor: v.string(),
      reason: v.string(),
      /** Version and commit of the code that ran, like `0.1.0+3f9c2a10b7de`. */
      code: v.string(),
    }),
  ),
});

/** A rulebook with its words: `rulebook` is what was published, examples and stories included. */
export const RulebookAnswer = v.object({
  ...VersionAnswer.entries,
  rulebook: Source,
  /** The files as they were written, by name; none where the publisher sent values only. */
  files: v.optional(Texts, {}),
});

/** Rules to evaluate against the journal. `since` is a time or a duration ago. */
export const BacktestRequest = v.strictObject({
  ...Source.entries,
  since: v.optional(text(40), '7d'),
  until: v.optional(text(40)),
  /** The cursor of an earlier response. */
  cursor: v.optional(text()),
});

const Names = v.array(v.string());
const DidEntries = { rule: v.string(), action: v.string(), message: v.string() };
export const TallyAnswer = v.object({
  callbacks: v.number(),
  changed: v.number(),
  /** Callbacks of which at least one rule is unknown. */
  unsure: v.optional(v.number(), 0),
  /** Actions that still come, but with another severity, text, limit or destination. */
  changes: v.optional(
    v.array(
      v.object({
        rule: v.string(),
        action: v.string(),
        was: v.string(),
        message: v.string(),
        differs: Names,
        count: v.number(),
        examples: Names,
      }),
    ),
    [],
  ),
  shifts: v.array(
    v.object({
      ...DidEntries,
      more: v.number(),
      fewer: v.number(),
      moreFor: Names,
      fewerFor: Names,
    }),
  ),
  /** How often each action comes under the rules in force and under these. */
  actions: v.optional(
    v.array(v.object({ action: v.string(), before: v.number(), after: v.number() })),
    [],
  ),
  suppressed: Names,
  released: Names,
  unknown: v.array(
    v.object({ rule: v.string(), count: v.number(), reason: Names, examples: Names }),
  ),
});

export const BacktestAnswer = v.object({
  /** The version in force, with which the rules were compared. */
  against: v.string(),
  /** The differences. */
  tally: TallyAnswer,
  /** Repeat with this cursor until it is `null`, and add up the responses. */
  next: v.nullable(v.string()),
});

const named = { version: text(64) };
const NAMES = 'A version, its first four characters or more, `in-force` or `bundled`.';
const refusals = {
  412: {
    description:
      'Another version is in force than the caller worked on; `difference` lists the changes in between.',
  },
  422: { description: 'The rulebook is rejected; `findings` states why.' },
};

export const listRulebooks = defineOperation({
  name: 'listRulebooks',
  method: 'get',
  path: '/v1/rulebooks',
  role: 'read',
  summary: 'Rulebook versions',
  responses: {
    304: { description: 'The caller has it already (`If-None-Match`).' },
    200: {
      description: 'All versions, and the history of activations.',
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
    'Checks the rules, runs their examples and all guardrails, stores them under the hash of their content, and activates them. Removing a guardrail (`guardrails=replace`) needs the role admin.',
  query: PublishQuery,
  body: PublishRequest,
  maxBytes: MAX_RULEBOOK,
  refuses: ['conflict'],
  responses: {
    200: {
      description: 'The rulebook is stored, and in force unless the query asks otherwise.',
      content: Changed,
    },
    ...refusals,
  },
});

export const backtestRulebook = defineOperation({
  name: 'backtestRulebook',
  method: 'post',
  path: '/v1/rulebooks/backtest',
  role: 'author',
  summary: 'Backtest rules against the journal',
  description:
    'Evaluates journal entries under the rules in force and under these, one part per call. Nothing is executed. Where a fact was not stored, the outcome is `unknown`.',
  body: BacktestRequest,
  maxBytes: MAX_RULEBOOK,
  responses: {
    200: { description: 'The differences.', content: BacktestAnswer },
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
  refuses: ['not_found'],
  responses: { 200: { description: 'The rulebook with its examples.', content: RulebookAnswer } },
});

export const activateRulebook = defineOperation({
  name: 'activateRulebook',
  method: 'post',
  path: '/v1/rulebooks/:version/activate',
  role: 'author',
  summary: 'Activate a rulebook',
  description: NAMES,
  params: named,
  query: ChangeQuery,
  body: ChangeWords,
  refuses: ['not_found', 'conflict'],
  responses: { 200: { description: 'The rulebook is in force.', content: Changed }, ...refusals },
});

export const shadowRulebook = defineOperation({
  name: 'shadowRulebook',
  method: 'post',
  path: '/v1/rulebooks/:version/shadow',
  role: 'author',
  summary: 'Try a rulebook in shadow',
  description:
    'Evaluates it beside the one in force; its decisions are recorded, and nothing is executed.',
  params: named,
  body: ChangeWords,
  refuses: ['not_found'],
  responses: {
    200: { description: 'The rulebook is in shadow.', content: Changed },
    422: refusals[422],
  },
});

export const endShadow = defineOperation({
  name: 'endShadow',
  method: 'delete',
  path: '/v1/rulebooks/shadow',
  role: 'author',
  summary: 'End the shadow',
  responses: {
    200: {
      description: 'No rulebook is in shadow.',
      content: v.object({ shadow: v.null() }),
    },
  },
});

export const rollBackRulebook = defineOperation({
  name: 'rollBackRulebook',
  method: 'post',
  path: '/v1/rulebooks/rollback',
  role: 'author',
  summary: 'Roll back to the previous rulebook',
  description: 'Activates the rulebook that was in force before; a second call goes back further.',
  query: ChangeQuery,
  body: ChangeWords,
  refuses: ['not_found', 'conflict'],
  responses: { 200: { description: 'The rulebook is in force.', content: Changed }, ...refusals },
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
