import type { Context } from 'hono';
import { actions } from '../../actions/index.ts';
import { time } from '../../api/operation.ts';
import {
  activateRulebook,
  backtestRulebook,
  endShadow,
  listRulebooks,
  publishRulebook,
  readRulebook,
  rollBackRulebook,
  shadowRulebook,
} from '../../api/rulebooks/rulebooks.ts';
import { AppError } from '../../errors.ts';
import { backtest } from '../../journal/backtest.ts';
import { journalIn } from '../../journal/journal-store.ts';
import type { Version } from '../../objects/rulebooks/rulebooks.ts';
import { alertsOf } from '../../pipeline/active-rulebooks.ts';
import { bundle } from '../../rulebooks/bundled.ts';
import { compile } from '../../rules/compile/compile.ts';
import { open } from '../../services.ts';
import { buildName } from '../../settings/build.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import type { Secured } from '../token.ts';
import {
  mustCompile,
  type Now,
  publish,
  put,
  sourceOf,
  standingNow,
  textsOf,
  type Wish,
} from './publishing.ts';
import { resolveVersion } from './resolve-version.ts';

type Asked = Context<Secured>;
type Said = {
  readonly author?: string | undefined;
  readonly message?: string | undefined;
  readonly builds_on?: string | undefined;
};

/** `/v1/rulebooks`: publishes, activates, shadows, rolls back, backtests and reads rulebooks. */
export const rulebookRoutes = [
  route(listRulebooks, async (c) => {
    const services = open(c.env);
    const now = await standingNow(services);
    const { kept } = services.rulebooks;
    const history = (await kept.history()).map(({ seq: _, at, ...change }) => ({
      ...change,
      at: time(at),
    }));
    const stored = await kept.list();
    // Until something is published, the rulebook of the deployment is in force and not stored.
    const all = stored.some(({ version }) => version === bundle.version)
      ? stored
      : [...stored, unkept(bundle.version)];
    const versions = all.map((version) => shown(version, now));
    c.header('etag', `"${now.inForce}"`);
    return c.json({
      in_force: now.inForce,
      shadow: now.shadow,
      bundled: bundle.version,
      versions,
      history,
    });
  }),
  route(publishRulebook, async (c) => {
    const { author, message, builds_on, files, ...source } = c.req.valid('json');
    const { activate, shadow, guardrails } = c.req.valid('query');
    const wish = wishOf(c, { author, message, builds_on }, guardrails);
    const where = shadow === 'true' ? 'in shadow' : activate === 'true' ? 'in force' : null;
    if (where === 'in force' && wish.builtOn === undefined)
      throw new AppError(
        'bad_request',
        'builds_on: is missing: the version in force that you looked at, or "*"',
      );
    return c.json(
      await publish(
        source,
        { author: wish.actor, message: wish.reason },
        where,
        wish,
        open(c.env),
        files,
      ),
    );
  }),
  route(backtestRulebook, async (c) => {
    const asked = c.req.valid('json');
    const { since, until, cursor, ...source } = asked;
    const { rulebooks, dataKey, now } = open(c.env);
    const old = await rulebooks.inForce.current();
    const compiled = compile(source, actions, 'new');
    mustCompile(compiled.findings);
    const span = {
      since: momentOf(since, now()),
      until: momentOf(until, now()) ?? now() + 1,
      cursor,
    };
    return c.json({
      against: old.version,
      ...(await backtest(
        {
          old: { rulebook: old.rulebook, alerts: alertsOf(old.alerts) },
          new: { rulebook: compiled.rulebook, alerts: alertsOf(source.alerts) },
        },
        span,
        journalIn(c.env, dataKey),
      )),
    });
  }),
  route(rollBackRulebook, async (c) => {
    const services = open(c.env);
    const { inForce, before } = await standingNow(services);
    const target = before ?? bundle.version;
    if (target === inForce)
      throw new AppError('conflict', 'nothing was in force before: there is nothing to go back to');
    const wish = wishOf(c, c.req.valid('json'), c.req.valid('query').guardrails);
    return c.json(await put('rollback', target, wish, services));
  }),
  route(endShadow, async (c) => {
    const services = open(c.env);
    const { actor, reason } = wishOf(c, {}, 'keep');
    const ended = {
      kind: 'shadow' as const,
      version: null,
      at: services.now(),
      actor,
      reason,
      code: buildName(),
      bundled: bundle.version,
    };
    await services.rulebooks.kept.change(ended);
    services.rulebooks.inForce.invalidate();
    return c.json({ shadow: null });
  }),
  route(readRulebook, async (c) => {
    const services = open(c.env);
    const now = await standingNow(services);
    const version = await resolveVersion(c.req.param('version'), now, services);
    const [known] = await services.rulebooks.kept.list(version);
    return c.json({
      ...shown(known ?? unkept(version), now),
      rulebook: { guardrails: {}, stories: {}, ...(await sourceOf(version, services)) },
      files: await textsOf(version, services),
    });
  }),
  route(activateRulebook, async (c) => {
    const services = open(c.env);
    const version = await resolveVersion(
      c.req.param('version'),
      await standingNow(services),
      services,
    );
    return c.json(
      await put(
        'activate',
        version,
        wishOf(c, c.req.valid('json'), c.req.valid('query').guardrails),
        services,
      ),
    );
  }),
  route(shadowRulebook, async (c) => {
    const services = open(c.env);
    const version = await resolveVersion(
      c.req.param('version'),
      await standingNow(services),
      services,
    );
    return c.json(await put('shadow', version, wishOf(c, c.req.valid('json'), 'keep'), services));
  }),
];

/** Reads actor, reason and base version of a change. @throws AppError `forbidden` for removing guardrails without the role admin */
function wishOf(
  c: Asked,
  { author, message = '', builds_on }: Said,
  guardrails: 'keep' | 'replace',
): Wish {
  const { name, roles } = c.var.caller;
  if (guardrails === 'replace' && !roles.includes('admin'))
    throw new AppError(
      'forbidden',
      `the token "${name}" may not take guardrails away: that needs the role "admin"`,
    );
  const header = c.req.header('if-match')?.replace(/^W\//, '').replaceAll('"', '').trim();
  return {
    actor: author === undefined || author === name ? name : `${author} (${name})`,
    reason: message,
    builtOn: header ?? builds_on,
    replaceGuardrails: guardrails === 'replace',
  };
}

const shown = ({ examples: _, at, ...version }: Version, { inForce, shadow }: Now) => ({
  ...version,
  at: time(at),
  in_force: version.version === inForce,
  shadow: version.version === shadow,
});

/** Returns the entry of the bundled rulebook, which is not stored before its first use. */
const unkept = (version: string): Version => ({
  version,
  origin: 'bundled',
  author: 'deployment',
  message: 'came with a deployment',
  at: 0,
  examples: null,
  rules: Object.keys(bundle.source.rules).length,
});
