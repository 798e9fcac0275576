import { buildSchema, execute, getOperationAST, parse, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { Outage } from '../../../../../src/domain/errors.js';
import { immediate } from '../../../../../src/schema/shared/immediate-fields.js';
import { CompiledOperation, Compiler } from '../../../../../src/server/execution/compiled/compile.js';
import { executeRepeatable } from '../../../../../src/server/execution/compiled/execute-repeatable.js';
import { withImmediateLists } from '../../../../../src/server/execution/compiled/immediate-lists.js';
import { testLog } from '../../../../helpers/run/test-log.js';

type Item = Readonly<Record<string, unknown>>;

const schema = buildSchema(`
  type Query { shelf: Shelf }
  type Shelf { items: [Item!]! maybe: [Item] sized: [Sized!]! slow: [Item!]! other: Shelf }
  interface Sized { name: String size: Int! }
  type Item implements Sized { name(upper: Boolean = false): String size: Int! parts: [Item!] names: [String!] slow: String }
  type Box implements Sized { name: String size: Int! }
`);
const runs = { slow: 0 };
const fieldsOf = (type: string) => (schema.getType(type) as { getFields(): Record<string, any> } & object).getFields();
const mark = (type: string, names: readonly string[]) => {
  for (const name of names) fieldsOf(type)[name].extensions = immediate;
};
mark('Shelf', ['items', 'maybe', 'sized']);
mark('Item', ['name', 'size', 'parts', 'names']);
mark('Box', ['name', 'size']);
const nameOf: GraphQLFieldResolver<Item, unknown> = ({ name }, { upper }) => {
  if (name instanceof Error) throw name;
  return upper ? String(name).toUpperCase() : name;
};
fieldsOf('Item')['name'].resolve = nameOf;
fieldsOf('Item')['slow'].resolve = () => {
  runs.slow += 1;
  return Promise.resolve('slow');
};
(schema.getType('Sized') as any).resolveType = ({ kind }: Item) => kind ?? 'Item';

const compiler = new Compiler(schema, 0, testLog());
beforeAll(() => compiler.loaded());

const shelf = (...items: unknown[]) => ({ shelf: { items, maybe: items, sized: items, slow: items } });
const plain = shelf({ name: 'a', size: 1, names: ['x'], parts: [{ name: 'b', size: 2 }] }, { name: null, size: 2 });

async function answers(query: string, rootValue: object, variableValues = {}) {
  const document = parse(query);
  const args = { schema, document, rootValue, variableValues };
  const compiled = new CompiledOperation(compiler, document, getOperationAST(document)!);
  const ours = await executeRepeatable(compiled, args);
  return { ours, theirs: await execute(args), compiled };
}
const derivedFor = (query: string): GraphQLSchema => withImmediateLists(schema, getOperationAST(parse(query))!);

describe('Lists of which only immediate fields are selected', () => {
  test.each([
    '{ shelf { items { name } } }',
    '{ shelf { items { size __typename n: name(upper: true) } maybe { names } } }',
    '{ shelf { items { parts { name parts { size } } } other { items { name } } } }',
    '{ shelf { sized { name size __typename } slow { name } } }',
    'query ($upper: Boolean) { shelf { items { name(upper: $upper) } } }',
  ])('have the result of graphql-js: %s', async (query) => {
    expect(derivedFor(query)).not.toBe(schema);
    for (const variables of [{}, { upper: true }]) {
      const { ours, theirs, compiled } = await answers(query, plain, variables);
      expect(ours.errors).toBeUndefined();
      expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
      expect(compiled.hasFailed).toBe(false);
    }
  });

  test.each([
    '{ shelf { slow { name } } }',
    '{ shelf { items { slow } } }',
    '{ shelf { items { name } } shelf { items { size } } }',
    '{ shelf { items { ... on Item { name } } } }',
    '{ shelf { ...f } } fragment f on Shelf { items { name } }',
    'mutation { shelf { items { name } } }',
  ])('are left to the compiler otherwise: %s', (query) => {
    expect(derivedFor(query)).toBe(schema);
  });

  test.each([
    [
      'an outage of one item',
      shelf({ name: new Outage('TIMEOUT', 'Nobody answered.'), size: 1 }, { name: 'b', size: 2 }),
    ],
    ['a missing item', shelf(null, { name: 'b', size: 2 })],
    ['a missing value', shelf({ name: 'a' })],
    ['a value of another type', shelf({ name: 'a', size: 'large' })],
    ['a value that is an error', shelf({ name: 'a', size: new Error('unknown') })],
    ['an item that is a promise', shelf(Promise.resolve({ name: 'a', size: 1 }))],
    ['a value that is a promise', shelf({ name: Promise.resolve('a'), size: 1 })],
    ['an iterable', { shelf: { items: new Set([{ name: 'a', size: 1 }]), maybe: null, sized: [] } }],
    ['no list', { shelf: { items: null, maybe: null, sized: null } }],
    ['an unknown concrete type', shelf({ kind: 'Bag', name: 'a', size: 1 })],
  ])('have the errors of graphql-js, for %s', async (_, rootValue) => {
    for (const selection of ['items { name size }', 'maybe { name size }', 'sized { name size }']) {
      const { ours, theirs } = await answers(`{ shelf { ${selection} } }`, rootValue);
      expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
    }
  });

  test('two fields of one type on different paths do not take each other for the same', async () => {
    const query = '{ shelf { items { name } other { items { slow } } } }';
    const { ours, theirs } = await answers(query, { shelf: { ...plain.shelf, other: plain.shelf } });
    expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
  });
});
