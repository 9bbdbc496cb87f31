import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { writeConfig } from './config.ts';
import { createMissing, inEu, line, must, type Setup, type Step, UNCHANGED } from './step.ts';

export const logIn: Step = {
  title: 'Log in to Cloudflare',
  commands: () => [line('whoami', '--json'), `${line('login')}   # if you are not logged in`],
  async run({ wrangler, shell }) {
    if ((await wrangler.run(['whoami', '--json'])).code === 0) return UNCHANGED;
    if (shell.env.CLOUDFLARE_API_TOKEN)
      throw new AppError('unauthorized', 'Cloudflare does not accept CLOUDFLARE_API_TOKEN');
    if ((await wrangler.interactive(['login'])) !== 0)
      throw new AppError(
        'unauthorized',
        'wrangler login failed: try again, or set CLOUDFLARE_API_TOKEN',
      );
    return 'logged in';
  },
};

const queuesOf = (setup: Setup) =>
  setup.config.queues.map((name) => ({
    name,
    look: ['queues', 'info', name],
    make: ['queues', 'create', name, ...inEu(setup)],
  }));

export const createQueues: Step = {
  title: 'Create the queues',
  commands: (setup) =>
    queuesOf(setup).map(({ look, make }) => `${line(...look)} || ${line(...make)}`),
  async run(setup) {
    const created = await createMissing(setup, queuesOf(setup));
    return created.length === 0 ? UNCHANGED : `created ${created.join(', ')}`;
  },
};

/** The stores that must be created in the EU: `deploy` would create them anywhere. */
const euStoresOf = (setup: Setup) => [
  ...setup.config.databases.map((name) => ({
    name,
    look: ['d1', 'info', name],
    make: ['d1', 'create', name, ...inEu(setup)],
  })),
  {
    name: setup.config.bucket.name,
    look: ['r2', 'bucket', 'info', setup.config.bucket.name, ...inEu(setup)],
    make: ['r2', 'bucket', 'create', setup.config.bucket.name, ...inEu(setup)],
  },
];

const namespaceOf = ({ config }: Pick<Setup, 'config'>): string => `${config.name}-kv`;
const Namespaces = v.pipe(
  v.string(),
  v.transform((text) => text.slice(Math.max(0, text.indexOf('[')))),
  v.parseJson(),
  v.array(v.looseObject({ id: v.string(), title: v.string() })),
);

export const createEuStores: Step = {
  title: 'Create the stores in the EU and note them in wrangler.toml',
  commands: (setup) => [
    ...euStoresOf(setup).map(({ look, make }) => `${line(...look)} || ${line(...make)}`),
    line('kv', 'namespace', 'list'),
    line('kv', 'namespace', 'create', namespaceOf(setup), ...inEu(setup)),
  ],
  async run(setup) {
    const { config, environment, shell } = setup;
    const created = [...(await createMissing(setup, euStoresOf(setup)))];
    const list = async () => {
      const { output } = await must(setup, 'kv', 'namespace', 'list');
      const read = v.safeParse(Namespaces, output);
      if (!read.success)
        throw new AppError(
          'unavailable',
          'the output of wrangler kv namespace list cannot be read',
        );
      return read.output.find(({ title }) => title === namespaceOf(setup));
    };
    if (config.namespace.id === undefined) {
      if (!(await list())) {
        await must(setup, 'kv', 'namespace', 'create', namespaceOf(setup), ...inEu(setup));
        created.push(namespaceOf(setup));
      }
      const namespace = await list();
      if (!namespace)
        throw new AppError(
          'unavailable',
          `KV namespace ${namespaceOf(setup)} is not listed yet: try again`,
        );
      await writeConfig(environment, { namespace: namespace.id }, shell);
    }
    if (config.bucket.jurisdiction === undefined)
      await writeConfig(environment, { euBucket: config.bucket.name }, shell);
    return created.length === 0 ? UNCHANGED : `created ${created.join(', ')}`;
  },
};

export const setDomain: Step = {
  title: 'Note the custom domain in wrangler.toml',
  commands: ({ domain }) => [
    `# wrangler.toml: routes = [{ pattern = "${domain}", custom_domain = true }]`,
  ],
  async run({ domain, config, environment, shell }) {
    if (domain === undefined || config.domain === domain) return UNCHANGED;
    if (config.domain !== undefined)
      throw new AppError(
        'conflict',
        `wrangler.toml has the custom domain ${config.domain}: change it there`,
      );
    await writeConfig(environment, { domain }, shell);
    return domain;
  },
};
