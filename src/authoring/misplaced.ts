import { isRecord } from '../callbacks/shapes/parts.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { RuleFiles } from './rule-files.ts';

/** What a folder of `rules/` holds, and the keys by which a file of this kind is known, wherever it lies. */
interface Kind {
  readonly folder: string;
  readonly noun: string;
  readonly isLike: (keys: ReadonlySet<string>) => boolean;
}

const KINDS: readonly Kind[] = [
  { folder: '', noun: 'a rule', isLike: (keys) => keys.has('when') && keys.has('then') },
  {
    folder: 'lists',
    noun: 'a list',
    isLike: (keys) => keys.has('values') && !keys.has('when') && !keys.has('then'),
  },
  {
    folder: 'conditions',
    noun: 'a shared condition',
    isLike: (keys) => keys.has('when') && (keys.has('says') || keys.has('denies')),
  },
  {
    folder: 'guardrails',
    noun: 'a guardrail',
    isLike: (keys) => keys.has('must') || keys.has('must_not'),
  },
  { folder: 'tests', noun: 'a story', isLike: (keys) => keys.has('steps') },
];

/** Returns a finding for each file that is of another kind than its folder holds: a list beside the rules. */
export function misplacedFiles({ files }: Pick<RuleFiles, 'files'>): readonly Finding[] {
  return [...files].flatMap(([file, { value }]) => {
    const [name = '', folder = ''] = file.split('/').toReversed();
    if (!isRecord(value) || (folder === '' && 'destinations' in value)) return [];
    const keys = new Set(Object.keys(value));
    const held = KINDS.find((kind) => kind.folder === folder);
    const [kind, ...others] = KINDS.filter(({ isLike }) => isLike(keys));
    if (!held || !kind || others.length > 0 || kind === held) return [];
    return [
      {
        file,
        path: [],
        code: 'wrong-folder',
        severity: 'error',
        message: `this is ${kind.noun}, and ${folder === '' ? 'the folder of the rules' : `${folder}/`} holds ${held.noun.replace(/^a /, '')}s`,
        hint: `move it to "${kind.folder === '' ? 'rules' : kind.folder}/${name}"`,
      },
    ];
  });
}
