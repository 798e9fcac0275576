import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readPage } from '../helpers/run/documentation.js';

const folder = fileURLToPath(new URL('../../src/datasources/elasticache/', import.meta.url));

/** Each action of AWS that the API sends. */
const sent = new Set(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(`${folder}${name}`, 'utf8').matchAll(/\bnew (\w+)Command\(/g)])
    .map(([, action = '']) => action),
);

test('docs/configuration.md names the IAM permission of each action that the API sends', () => {
  const [, section = ''] = /^The IAM role needs([^]*?)\n\n/m.exec(readPage('docs/configuration.md')) ?? [];
  const named = [...section.matchAll(/`elasticache:(\w+)(\*?)`/g)];
  const isNamed = (action: string) =>
    named.some(([, name = '', any]) => (any ? action.startsWith(name) : action === name));
  expect(sent.size).toBeGreaterThan(30);
  expect([...sent].filter((action) => !isNamed(action))).toEqual([]);
});
