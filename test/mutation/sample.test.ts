import { describe, expect, test } from 'vitest';
import { identityOf, keyOf } from './identity.ts';
import { mutantsOf } from './mutants.ts';
import { changedLines, FOLDERS, sampleOf } from './sample.ts';
import { openVerdicts, readVerdicts } from './verdicts.ts';

describe('a sample', () => {
  const all = sampleOf(1);

  test('has as many of each folder, in an order that the seed decides', () => {
    const folders = all.slice(0, 50).map(({ file }) => file.split('/')[1]);
    for (const folder of FOLDERS)
      expect(folders.filter((name) => name === folder)).toHaveLength(10);
    const some = sampleOf(1, 'actions').slice(0, 10);
    expect(some).not.toEqual(sampleOf(2, 'actions').slice(0, 10));
    expect(some).toEqual(all.filter(({ file }) => file.startsWith('src/actions/')).slice(0, 10));
  });

  test('finds a mutant again after its line has moved', () => {
    const [source, moved] = ['  a(b === c);', '// more\n    a(b === c);'];
    const keys = [source, moved].map((text) =>
      mutantsOf('a.ts', text).map((mutant) => keyOf(identityOf('a.ts', text, mutant))),
    );
    expect(keys[0]).toEqual(keys[1]);
    expect(new Set(keys[0]).size).toBe(2);
  });

  test('has no verdict about a mutant that is gone', () => {
    const verdicts = readVerdicts();
    const there = new Set(all.map(({ identity }) => keyOf(identity)));
    const gone = verdicts.filter((verdict) => !there.has(keyOf(verdict)));
    expect(gone).toEqual([]);
    const find = openVerdicts();
    expect(verdicts.every((verdict) => find(verdict)?.why === verdict.why)).toBe(true);
  });
});

test('the changed lines of a diff are those that are new', () => {
  const diff = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -3 +3,2 @@ function a() {
-old
+new
+new
@@ -9,2 +9,0 @@
-gone
-gone
--- a/src/gone.ts
+++ /dev/null
@@ -1 +0,0 @@
-gone`;
  expect([...changedLines(diff)]).toEqual([['src/a.ts', new Set([3, 4])]]);
});
