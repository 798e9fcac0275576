import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAccessRegistry } from '../../../../src/server/admission/access/access-registry.js';
import { all, makeApiKey, openTestAccess } from '../../../helpers/access/access.js';
import { temporaryFolder } from '../../../helpers/apis/command.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { testLog } from '../../../helpers/run/test-log.js';

const keyOf = (name: string) => makeApiKey(name, ['admin']);
const file = (...keys: ReturnType<typeof keyOf>[]) => ({
  roles: { admin: { grants: [all] } },
  apiKeys: keys.map(({ entry }) => entry),
});

test('an access file is reloaded when it is overwritten or replaced, and listeners are called', async () => {
  const [first, second] = [keyOf('first'), keyOf('second')];
  await using access = await openTestAccess(file(first));
  const { registry } = access;
  let changes = 0;
  registry.onChange(() => (changes += 1));
  expect(registry.rules.findApiKey(first.entry.sha256)?.name).toBe('first');
  await access.write(file(second));
  await eventually(() => expect(registry.rules.findApiKey(second.entry.sha256)?.name).toBe('second'));
  expect(registry.rules.findApiKey(first.entry.sha256)).toBeUndefined();
  await writeFile(access.path, JSON.stringify(file(first, second)));
  await eventually(() => expect(registry.rules.findApiKey(first.entry.sha256)?.name).toBe('first'));
  expect(changes).toBe(2);
});

test('an invalid or missing file keeps the previous rules and is reported, and a valid one replaces them', async () => {
  const [first, second] = [keyOf('first'), keyOf('second')];
  const outcomes: string[] = [];
  await using access = await openTestAccess(file(first), { onReload: (outcome) => void outcomes.push(outcome) });
  const { registry } = access;
  const existing = registry.rules;
  await access.write('{"roles": {');
  await eventually(() => expect(outcomes).toEqual(['failed']));
  await access.write({ ...file(second), surprise: true });
  await eventually(() => expect(outcomes).toEqual(['failed', 'failed']));
  await rm(access.path);
  await eventually(() => expect(outcomes).toEqual(['failed', 'failed', 'failed']));
  expect(registry.rules).toBe(existing);
  await access.write(file(second));
  await eventually(() => expect(outcomes.at(-1)).toBe('ok'));
  expect(registry.rules.findApiKey(second.entry.sha256)?.name).toBe('second');
});

test('a swapped symbolic link, as with Kubernetes, is noticed', async () => {
  const [first, second] = [keyOf('first'), keyOf('second')];
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  for (const [version, key] of Object.entries({ v1: first, v2: second })) {
    await mkdir(at(version));
    await writeFile(at(version, 'access.json'), JSON.stringify(file(key)));
  }
  await symlink('v1', at('..data'));
  await symlink(join('..data', 'access.json'), at('access.json'));
  await using registry = await openAccessRegistry({
    path: at('access.json'),
    log: testLog(),
    pollMs: 60_000,
  });
  await symlink('v2', at('..data_tmp'));
  await rename(at('..data_tmp'), at('..data'));
  await eventually(() => expect(registry.rules.findApiKey(second.entry.sha256)?.name).toBe('second'));
});

test('a file whose folder reports no changes is polled', async () => {
  const [first, second] = [keyOf('first'), keyOf('second')];
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'elsewhere'));
  const target = join(folder.path, 'elsewhere', 'access.json');
  await writeFile(target, JSON.stringify(file(first)));
  await symlink(target, join(folder.path, 'access.json'));
  const path = join(folder.path, 'access.json');
  await using registry = await openAccessRegistry({ path, log: testLog(), pollMs: 20 });
  await writeFile(target, JSON.stringify(file(second)));
  await eventually(() => expect(registry.rules.findApiKey(second.entry.sha256)?.name).toBe('second'));
});

test.each([
  ['does not exist', undefined, /cannot be read/],
  ['is invalid', '{', /not JSON/],
])('a file that %s at the start is an error', async (_, text, message) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'access.json');
  if (text !== undefined) await writeFile(path, text);
  await expect(openAccessRegistry({ path, log: testLog() })).rejects.toThrow(message);
});
