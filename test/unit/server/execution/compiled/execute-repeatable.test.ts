import * as fc from 'fast-check';
import { execute, getOperationAST, parse, type DocumentNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { CompiledOperation, Compiler } from '../../../../../src/server/execution/compiled/compile.js';
import { executeRepeatable } from '../../../../../src/server/execution/compiled/execute-repeatable.js';
import { maskError } from '../../../../../src/server/execution/results/mask-errors.js';
import { callerSchema, executed, type Happening } from '../../../../helpers/schema/caller-schema.js';
import { randomQuery, randomSubscription } from '../../../../helpers/schema/random-operation.js';
import { testLog } from '../../../../helpers/run/test-log.js';

const log = testLog();
const compiler = new Compiler(callerSchema, 0, log);
beforeAll(() => compiler.loaded());

const argsOf = (query: string, variableValues: Record<string, unknown>, rootValue: Happening): ExecutionArgs => ({
  schema: callerSchema,
  document: parse(query),
  variableValues,
  rootValue,
  contextValue: { principal: { key: 'Ada' } },
});
const operations = new Map<DocumentNode, CompiledOperation>();
const compiledOf = ({ document }: ExecutionArgs): CompiledOperation => {
  const known = operations.get(document) ?? new CompiledOperation(compiler, document, getOperationAST(document)!);
  operations.set(document, known);
  return known;
};
const find = (args: ExecutionArgs) => compiledOf(args).find(args.variableValues ?? {});
const happened: Happening = { n: 3, kind: 'Mixed' };
const happenings = fc.record({ n: fc.integer({ min: 0, max: 9 }), kind: fc.constantFrom('Plain', 'Mixed') });

test.each([
  ['a subscription', randomSubscription, 'happenings'],
  ['a query', randomQuery, 'happening'],
] as const)(
  'the result of %s equals that of graphql-js byte for byte, compiled or not',
  async (_, randomOperation, field) => {
    let runsCompiled = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), happenings, async (g, event: Happening) => {
        const { query, variables } = randomOperation(g, callerSchema, field);
        for (const values of variables) {
          const args = argsOf(query, values, event);
          const answer = JSON.stringify(await executeRepeatable(compiledOf(args), args));
          expect(answer, `${query} ${JSON.stringify(values)}`).toBe(JSON.stringify(await execute(args)));
          if (find(args)) runsCompiled += 1;
        }
      }),
      { numRuns: 300, interruptAfterTimeLimit: 20_000 },
    );
    expect(runsCompiled).toBeGreaterThan(30);
  },
);

describe('The compiler', () => {
  const isCompiled = (query: string, variables = {}): boolean => find(argsOf(query, variables, happened)) !== undefined;

  test.each([
    'subscription { happenings { n text(upper: true) item { name ... on Mixed { size } } } }',
    'subscription ($wish: Wish) { happenings { ...f } } fragment f on Happening { echo(wish: $wish) }',
  ])('compiles %s', (query) => {
    expect(isCompiled(query, { wish: { number: 1 } })).toBe(true);
  });

  test.each([
    [
      'a field that may be skipped',
      'subscription ($yes: Boolean!) { happenings { n @skip(if: $yes) text n } }',
      { yes: true },
    ],
    ['a field named __proto__', 'subscription { happenings { __proto__: n } }', {}],
    [
      'a @oneOf input with two keys',
      'subscription ($w: Wish) { happenings { echo(wish: $w) } }',
      { w: { text: 'a', number: 1 } },
    ],
    ['a variable of another type', 'subscription ($u: Boolean) { happenings { text(upper: $u) } }', { u: 'yes' }],
  ])('leaves %s to graphql-js', async (_, query, variables) => {
    expect(isCompiled(query, variables)).toBe(false);
    const args = argsOf(query, variables, happened);
    expect(JSON.stringify(await executeRepeatable(compiledOf(args), args))).toBe(JSON.stringify(await execute(args)));
  });

  test('compiles an operation only after several runs', () => {
    const patient = new Compiler(callerSchema, 2, log);
    const document = parse('subscription { happenings { n } }');
    const operation = new CompiledOperation(patient, document, getOperationAST(document)!);
    return patient.loaded().then(() => {
      expect([1, 2, 3, 4].map(() => operation.find({}) !== undefined)).toEqual([false, false, true, true]);
    });
  });
});

test('if compiled code fails and graphql-js does not, the result is that of graphql-js', async () => {
  const args = argsOf('subscription ($u: Boolean! = true) { happenings { text(upper: $u) } }', {}, happened);
  expect(await find(args)?.(happened, args.contextValue, {})).toHaveProperty('errors');
  expect(await executeRepeatable(compiledOf(args), args)).toEqual({ data: { happenings: { text: 'TEXT3' } } });
});

test('a query that keeps failing runs once each time, and runs compiled again after it has succeeded', async () => {
  const query = parse('query { happening { n strict { sure } } }');
  const runs = async (n: number): Promise<number> => {
    executed.count = 0;
    const args = { ...argsOf('{ happening { n } }', {}, { n, kind: 'Plain' }), document: query };
    expect(JSON.stringify(await executeRepeatable(compiledOf(args), args))).toBe(JSON.stringify(await execute(args)));
    // One of the runs is the comparison by graphql-js.
    return executed.count - 1;
  };
  expect([await runs(2), await runs(1), await runs(1), await runs(2), await runs(1)]).toEqual([1, 2, 1, 1, 2]);
});

test.each([
  ['one outage', 'query { happening { n out } }', 1],
  [
    'one outage at two positions of its text',
    'query {\r\n happening { out\n ...f } } fragment f on Happening { out }',
    1,
  ],
  ['one outage of a field that may not be null', 'query { happening { n fragile { out } } }', 1],
  ['several outages, whose order compiled code may change', 'query { happening { out again { out } } }', 2],
  ['another error', 'query { happening { n breaks } }', 2],
])('a query that ends with %s has the same result as with graphql-js', async (_, query, runs) => {
  const args = argsOf(query, {}, happened);
  expect(find(args)).toBeDefined();
  executed.count = 0;
  const answer = await executeRepeatable(compiledOf(args), args);
  expect(executed.count).toBe(runs);
  const own = await execute(args);
  expect(JSON.stringify(answer)).toBe(JSON.stringify(own));
  // Clients receive the same errors, too.
  const masked = ({ errors }: ExecutionResult) => JSON.stringify(errors?.map((error) => maskError(error, { log })));
  expect(masked(answer)).toBe(masked(own));
});
