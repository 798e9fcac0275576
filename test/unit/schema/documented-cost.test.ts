import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
  parse,
  validate,
  type GraphQLField,
} from 'graphql';
import prettier from 'prettier';
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/schema/shared/list-size.js';
import { schema } from '../../../src/schema/schema.js';
import { evaluateCost } from '../../../src/server/limits/cost/cost-expression.js';
import { createCostOf } from '../../../src/server/limits/cost/operation-cost.js';
import { runnable } from '../../helpers/run/documentation.js';

const path = fileURLToPath(new URL('../../../docs/cost.md', import.meta.url));

/** The size of a field as the page says it; undefined for a field that counts once. */
function sizeIn(field: GraphQLField<unknown, unknown>): string | undefined {
  const { list, work } = sizeOf(field);
  const isPage = field.args.some(({ name }) => name === 'first');
  const size = isPage ? '`first`' : list && lengthOf(list, field);
  const extra = work && workIn(work);
  return [size, extra].filter((part) => part !== undefined).join(', and ') || undefined;
}

function workIn(work: NonNullable<ReturnType<typeof sizeOf>['work']>): string {
  if ('per' in work) return `1 more for each ${work.per === 1 ? '' : `${work.per} `}of \`${work.argument}\``;
  return `${work.fixed.toLocaleString('en')} more${work.given === undefined ? '' : ` with \`${work.given}\``}`;
}

function lengthOf(
  list: NonNullable<ReturnType<typeof sizeOf>['list']>,
  { args }: GraphQLField<unknown, unknown>,
): string | undefined {
  if ('page' in list) return undefined;
  if ('argument' in list) {
    const isList = args.some(({ name, type }) => name === list.argument && isListType(getNullableType(type)));
    return `${isList ? 'the length of ' : ''}\`${list.argument}\``;
  }
  return list.assumed > 1 ? String(list.assumed) : undefined;
}

function table(): string {
  const rows = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) => {
        const size = sizeIn(field);
        return size === undefined ? [] : [{ name: `${type.name}.${field.name}`, size }];
      }),
    )
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, size }) => `| \`${name}\` | ${size} |`);
  return ['| field | size |', '| --- | --- |', ...rows].join('\n');
}

test('docs/cost.md has the size of every list in the schema; `npx vitest run … -u` updates it', async () => {
  const page = await readFile(path, 'utf8');
  const section = /(<!-- begin sizes -->)[^]*(<!-- end sizes -->)/;
  expect(page).toMatch(section);
  const text = page.replace(section, (_, begin: string, end: string) => `${begin}\n\n${table()}\n\n${end}`);
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  await expect(await prettier.format(text, options)).toMatchFileSnapshot(path);
});

test('the example of docs/cost.md costs what the page says', () => {
  const { code } = runnable('graphql').find(({ page }) => page === 'docs/cost.md')!;
  const document = parse(code);
  expect(validate(schema, document)).toEqual([]);
  expect(evaluateCost(createCostOf(schema)(document, getOperationAST(document)!), {})).toBe(2 + 2 * 2);
});
