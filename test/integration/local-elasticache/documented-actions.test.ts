import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NormalizedSchema } from '@smithy/core/schema';
import prettier from 'prettier';
import { expect, test } from 'vitest';
import { operationSchemas, shapesOf } from '../../../src/interop/elasticache-schemas.js';
import { supportOf, type Support } from '../../../src/local-elasticache/actions/actions.js';
import { reasonToRefuse } from '../../../src/local-elasticache/actions/refused-actions.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

const path = fileURLToPath(new URL('../../../docs/local-elasticache.md', import.meta.url));
const actions = [...operationSchemas.keys()].sort();

interface Answer {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly body: string;
}

async function ask(url: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
  const body = await (await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) })).text();
  const of = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(body)?.[1];
  return { code: of('Code'), message: of('Message'), body };
}

/** The code with which an action answers that a resource does not exist; undefined if it has no ID for one. */
async function notFoundCode(url: string, action: string): Promise<string | undefined> {
  const { input } = shapesOf(operationSchemas.get(action)!);
  for (const [member, schema] of NormalizedSchema.of(input).structIterator()) {
    if (!schema.isStringSchema() || member === 'Marker' || member === 'NextToken') continue;
    const { code } = await ask(url, { Action: action, [member]: 'none' });
    if (code !== undefined) return code;
  }
  return undefined;
}

/** The text of the page about an action, from the answer of the endpoint. */
async function described(url: string, action: string): Promise<string> {
  const support = supportOf(action);
  const { code, message, body } = await ask(url, { Action: action });
  if (support === 'REFUSED') {
    expect(code, action).toBe('NotImplemented');
    expect(message, action).toContain(action);
    const reason = reasonToRefuse(action);
    return reason === undefined
      ? 'refused: `NotImplemented`'
      : `refused: \`NotImplemented\`, as the endpoint ${reason}`;
  }
  expect(code, action).not.toBe('NotImplemented');
  if (support === 'CHANGES') return 'works: changes the account';
  if (support === 'READS') return 'works: reads the account';
  expect(body, action).toMatch(/<\w+Result>\s*<(\w+)(?:\/>|>\s*<\/\1>)/);
  const absent = await notFoundCode(url, action);
  return `an empty list${absent === undefined ? '' : `; \`${absent}\` for an ID`}`;
}

test('docs/local-elasticache.md says how each of the 75 actions is answered; `npx vitest run … -u` updates it', async () => {
  await using local = await startElastiCache(createFakeFleet());
  expect(actions).toHaveLength(75);
  const rows: string[] = [];
  for (const action of actions) rows.push(`| \`${action}\` | ${await described(local.url, action)} |`);
  const count = (...supports: readonly Support[]) =>
    actions.filter((action) => supports.includes(supportOf(action))).length;
  const summary =
    `Of ${actions.length} actions, ${count('CHANGES', 'READS')} work, ${count('EMPTY_LIST')} answer an empty list and ` +
    `${count('REFUSED')} are refused by name.`;

  const page = await readFile(path, 'utf8');
  const section = /(<!-- begin actions -->)[^]*(<!-- end actions -->)/;
  expect(page).toMatch(section);
  const table = ['| action | here |', '| --- | --- |', ...rows].join('\n');
  const text = page.replace(section, (_, begin: string, end: string) => `${begin}\n\n${summary}\n\n${table}\n\n${end}`);
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  await expect(await prettier.format(text, options)).toMatchFileSnapshot(path);
});

test('an action that is refused for good is none that the endpoint answers', () => {
  const refusedForGood = actions.filter((action) => reasonToRefuse(action) !== undefined);
  expect(refusedForGood.filter((action) => supportOf(action) !== 'REFUSED')).toEqual([]);
  expect(refusedForGood.length).toBeGreaterThan(20);
});
