import {
  buildSchema,
  execute,
  parse,
  type DocumentNode,
  type ExecutionResult,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { expect, test } from 'vitest';
import { loadGraphqlJit, positionsOf } from '../../../src/interop/graphql-jit.js';

const schema = buildSchema('type Query { a: String b: String fails: String }');
const failure = new Error('canary');
schema.getQueryType()!.getFields()['fails']!.resolve = () => {
  throw failure;
};
const root = { a: 'a', b: 'b' };

/** The result of graphql-jit itself, without our checks. */
async function compiled(document: DocumentNode, variables = {}): Promise<ExecutionResult> {
  const query = compileQuery(schema, document);
  if (!isCompiledQuery(query)) throw new Error('Expected a compiled query.');
  return query.query(root, undefined, variables);
}
const interpreted = async (document: DocumentNode, variableValues = {}): Promise<ExecutionResult> =>
  execute({ schema, document, rootValue: root, variableValues });
const operationIn = ({ definitions: [operation] }: DocumentNode) => operation as OperationDefinitionNode;

test('graphql-jit answers a plain operation as graphql-js does', async () => {
  const document = parse('{ b x: a }');
  const run = (await loadGraphqlJit())(schema, document, operationIn(document))!;
  expect(JSON.stringify(await run(root, undefined, {}))).toBe(JSON.stringify(await interpreted(document)));
});

const asText = ({ data }: ExecutionResult): string => JSON.stringify(data);

test.each([
  [
    'orders a field by its first place, also if it is skipped there',
    'query ($s: Boolean!) { a @skip(if: $s) b a }',
    { s: true },
  ],
  ['loses a field that is named __proto__', '{ __proto__: a b }', {}],
])('graphql-jit %s, so such an operation is not compiled', async (_, query, variables) => {
  const document = parse(query);
  const unlike = 'If these are equal, graphql-jit has changed: check whether isAnsweredAlike is still needed.';
  expect(asText(await compiled(document, variables)), unlike).not.toBe(asText(await interpreted(document, variables)));
  expect((await loadGraphqlJit())(schema, document, operationIn(document))).toBeUndefined();
});

test('graphql-jit keeps the original error and the lines of an error, and not its positions', async () => {
  const text = '{\r\n  a\n  fails b\r  again: fails\n}';
  const document = parse(text);
  const [ours = [], theirs = []] = [(await compiled(document)).errors, (await interpreted(document)).errors];
  expect(ours.map(({ originalError }) => originalError)).toEqual([failure, failure]);
  expect(ours.map(({ positions }) => positions)).toEqual([undefined, undefined]);
  expect(ours.map(({ path }) => path)).toEqual(theirs.map(({ path }) => path));
  expect(ours.map((error) => positionsOf(error, text))).toEqual(theirs.map(({ positions }) => positions));
});
