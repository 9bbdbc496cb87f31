import { defineConfig } from 'vitepress';

/** GitHub's anchor of a heading, so that a link with one works in both places. */
const slugify = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const page = (text: string, link: string) => ({ text, link });

/**
 * The site of the documents. `signalbox site` copies them beside this file and builds it into the Worker's assets. A link that leads
 * nowhere fails the build.
 */
export default defineConfig({
  title: 'Signalbox',
  description: 'Rules at the edge for Sinch Conversation API callbacks.',
  base: '/docs/',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: '/console/icon.svg', type: 'image/svg+xml' }]],
  // A script of its own instead of one in each page: the content security policy names scripts by their hashes.
  metaChunk: true,
  // `<id>` in a document is text, never a tag.
  markdown: { anchor: { slugify }, attrs: { disable: true }, html: false },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('First callbacks', '/start'),
          page('Troubleshooting', '/troubleshooting'),
          page('Terms people search for', '/concepts'),
          page('Limits', '/limits'),
        ],
      },
      {
        text: 'Rule authors',
        items: [
          page('Work with rules', '/rule-authors'),
          page('Handbook', '/rules-handbook'),
          page('All rules as sentences', '/rules'),
          page('The console', '/console'),
          page('Failure codes', '/failure-codes'),
        ],
      },
      {
        text: 'Operators',
        items: [
          page('Deploy and operate', '/operators'),
          page('Monitoring', '/monitoring'),
          page('Log events', '/log-queries'),
          page('Changes and upgrades', '/changelog'),
        ],
      },
      { text: 'Senders', items: [page('Ask and send', '/senders')] },
      {
        text: 'Reference',
        collapsed: true,
        items: [
          'rule',
          'facts',
          'operators',
          'actions',
          'destinations',
          'findings',
          'settings',
          'http',
          'commands',
          'metrics',
          'log-events',
          'storage',
        ].map((name) => page(name.replace('-', ' '), `/reference/${name}`)),
      },
      {
        text: 'Architecture',
        collapsed: true,
        items: [
          page('Overview', '/architecture'),
          page('Decisions', '/decisions/'),
          page('Glossary', '/glossary'),
          page('Benchmarks', '/benchmarks'),
          page('Contributing', '/contributing'),
        ],
      },
    ],
  },
});
