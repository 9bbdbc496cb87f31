import { access, cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path/posix';

/** Documents outside `docs/`, by their path on the site. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'README.md': 'start.md',
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security.md',
  'rules/README.md': 'rules-handbook.md',
  'rules/RULES.md': 'rules.md',
  'bench/README.md': 'bench.md',
  'bench/results.md': 'benchmarks.md',
  'ops/README.md': 'monitoring.md',
};
/** Files that documents show. */
const SHOWN = ['docs/images/**/*.*', 'bench/results/*.svg'];

/** The path on the site of a file of the project; undefined if it is not on the site. */
function placeOf(file: string): string | undefined {
  if (ELSEWHERE[file]) return ELSEWHERE[file];
  if (file.startsWith('docs/'))
    return file.slice('docs/'.length).replace(/README\.md$/, 'index.md');
  return file.endsWith('.svg') ? file : undefined;
}

/** A link or an image in Markdown: `](target)` or `](target#anchor)`. */
const LINK = /(!?)\[([^\]\n]*)\]\(([^)\s#]+)(#[^)\s]*)?\)/g;

/**
 * Returns a document with its links as the site has them. A link to a file of the project that is not on the site becomes its text, and
 * so does one to a file outside `docs/` that a project has left out; any other that leads nowhere stays, and fails the build.
 */
async function relinked(text: string, file: string, home: string): Promise<string> {
  const place = placeOf(file) ?? file;
  const found = [...text.matchAll(LINK)];
  const changes = await Promise.all(
    found.map(async ([whole, mark = '', words = '', target = '', anchor = '']) => {
      if (/^[a-z]+:|^\//i.test(target)) return whole;
      const path = normalize(join(dirname(file), target));
      const source = /\.\w+$/.test(path) ? path : join(path, 'README.md');
      const to = placeOf(source);
      if (to === undefined) return (await exists(join(home, path))) ? words : whole;
      // What is not of docs/ may be left out of a project, rules/README.md for instance.
      if (!source.startsWith('docs/') && !(await exists(join(home, source)))) return words;
      const link = relative(dirname(place), to);
      return `${mark}[${words}](${link.startsWith('.') ? link : `./${link}`}${anchor})`;
    }),
  );
  let next = 0;
  return text.replace(LINK, (whole) => changes[next++] ?? whole);
}

/** VitePress reads `{{fact}}` as an expression, which no document means. Comments are for tests and editors. */
const verbatim = (text: string): string =>
  `::: v-pre\n\n${text.replace(/<!--[\s\S]*?-->\n?/g, '')}\n\n:::\n`;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The files that the site is made of, in order. */
export async function siteSources(home: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob(
    ['docs/**/*.md', 'docs/.vitepress/*.mts', ...Object.keys(ELSEWHERE), ...SHOWN],
    { cwd: home },
  ))
    files.push(file.replaceAll('\\', '/'));
  return files.toSorted();
}

/** Copies the documents to a folder in the form of the site. */
export async function writePages(home: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const file of await siteSources(home)) {
    const to = join(folder, placeOf(file) ?? file);
    await mkdir(dirname(to), { recursive: true });
    if (!file.endsWith('.md')) await cp(join(home, file), to);
    else
      await writeFile(
        to,
        verbatim(await relinked(await readFile(join(home, file), 'utf8'), file, home)),
      );
  }
}
