import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { editCallback } from '../../src/cli/callbacks/edit-callback.ts';
import { assignment, setPath } from '../../src/cli/callbacks/set-path.ts';
import { NOW } from './shell.ts';

let ids = 0;
const changes = { set: [], fresh: false, now: NOW, newId: () => `fresh-${ids++}` };
const samples = globSync('src/samples/callbacks/*.json');
const idOf = async (body: Uint8Array) => (await readCallback(body, NOW)).id;

describe('prepare', () => {
  test.each(
    samples,
  )('keeps the trigger of %s, and makes another event of it when asked', async (file) => {
    const bytes = readFileSync(file);
    const plain = editCallback(bytes, changes).body;
    // What has no id of its own is told apart by its time.
    const fresh = editCallback(bytes, { ...changes, fresh: true, now: NOW + 1 }).body;
    expect((await readCallback(fresh, NOW)).trigger).toBe((await readCallback(bytes, NOW)).trigger);
    expect(await idOf(fresh)).not.toBe(await idOf(plain));
  });

  test('leaves out times that were not there', () => {
    const { body } = editCallback(new TextEncoder().encode('{"event":{"id":"e"}}'), changes);
    expect(new TextDecoder().decode(body)).toBe('{"event":{"id":"e"}}');
  });
});

describe('--set', () => {
  test.each([
    ['a=1', 1],
    ['a="1"', '1'],
    ['a=null', null],
    ['a={"b":2}', { b: 2 }],
    ['a=STOP', 'STOP'],
    ['a=', ''],
    ['a=b=c', 'b=c'],
  ])('reads %s', (text, value) => expect(assignment(text)).toMatchObject({ path: 'a', value }));

  test('keeps a text a text where a number is typed in its place, and a number a number', () => {
    const bytes = new TextEncoder().encode('{"identity":"1","count":1}');
    const { body } = editCallback(bytes, {
      ...changes,
      set: ['identity=0046701740605', 'count=2', 'new=3'],
    });
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
      identity: '0046701740605',
      count: 2,
      new: 3,
    });
  });

  test('sets any path to any value, and no prototype', () => {
    const key = fc.string({ minLength: 1 }).filter((text) => !text.includes('.'));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(key, fc.constant('__proto__')), { minLength: 1, maxLength: 5 }),
        fc.jsonValue(),
        (keys, value) => {
          const body = {};
          setPath(body, keys.join('.'), value);
          const found = keys.reduce<unknown>(
            (at, name) => Object.getOwnPropertyDescriptor(at, name)?.value,
            body,
          );
          expect(found).toEqual(value);
          expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
        },
      ),
    );
  });
});
