import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { expect, test } from 'vitest';
import { limitSections } from '../../../src/config/limits/server-limits.js';
import type { Limit } from '../../../src/runtime/limit.js';

const path = fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url));
const sections = Object.entries(limitSections);

function defaultIn({ default: value, unit }: Limit): string {
  if (unit === 'bytes') return `${value / 1_048_576} MiB`;
  if (unit === 'milliseconds') return `${value / 1_000} s`;
  return value.toLocaleString('en-US');
}

function tableOf(limits: Readonly<Record<string, Limit>>): string {
  const rows = Object.entries(limits).map(
    ([name, limit]) => `| \`${name}\` | ${defaultIn(limit)} | ${limit.description} |`,
  );
  return ['| limit | default | of |', '| --- | --- | --- |', ...rows].join('\n');
}

test('docs/configuration.md has every limit with its default; `npx vitest run … -u` renews it', async () => {
  const page = await readFile(path, 'utf8');
  const text = sections.reduce((before, [section, limits]) => {
    const [begin, end] = [`<!-- begin limits: ${section} -->`, `<!-- end limits: ${section} -->`];
    const [head, rest] = before.split(begin);
    const [, tail] = rest?.split(end) ?? [];
    expect(tail, `${begin} and ${end} in the page`).toBeDefined();
    return `${head}${begin}\n\n${tableOf(limits)}\n\n${end}${tail}`;
  }, page);
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  await expect(await prettier.format(text, options)).toMatchFileSnapshot(path);
});

test('a limit is in one table, and its default is within its range', () => {
  const names = sections.flatMap(([, limits]) => Object.keys(limits));
  expect(new Set(names).size).toBe(names.length);
  for (const [, limits] of sections) {
    for (const [name, { default: value, min, max }] of Object.entries(limits)) {
      expect(value, name).toBeGreaterThanOrEqual(min);
      expect(value, name).toBeLessThanOrEqual(max);
    }
  }
});
