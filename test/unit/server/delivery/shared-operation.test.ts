import * as fc from 'fast-check';
import { execute, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { anonymous } from '../../../../src/domain/access/principal.js';
import type { Services } from '../../../../src/resolvers/shared/context.js';
import { createSharedOperations } from '../../../../src/server/delivery/shared-operation.js';
import { maskError } from '../../../../src/server/execution/results/mask-errors.js';
import { createPipeline } from '../../../../src/server/execution/pipeline.js';
import type { PreparedOperation } from '../../../../src/server/execution/prepared-operation.js';
import { callerSchema, executed, type Happening } from '../../../helpers/schema/caller-schema.js';
import { randomSubscription } from '../../../helpers/schema/random-operation.js';
import { principal } from '../../../helpers/access/principals.js';
import { testLog } from '../../../helpers/run/test-log.js';

const log = testLog();
const services = { controlPlane: { revision: () => 0 } } as unknown as Services;
// Compiles at the first run, so that compiled results are compared too.
const pipeline = createPipeline({ schema: callerSchema, services, compileAfterRuns: 0, log });
const createShared = () => createSharedOperations(log);

function prepare(query: string, variables?: Record<string, unknown>): PreparedOperation {
  const prepared = pipeline.prepare({ query, variables }, anonymous);
  if ('errors' in prepared) throw new Error(`${query}: ${prepared.errors.map(({ message }) => message).join('; ')}`);
  return prepared;
}

const requestId = /,"extensions":\{"requestId":"[^"]+"\}|,"requestId":"[^"]+"/g;

/** The answer of graphql-js to this caller, with errors as clients see them. */
async function expected(query: string, variableValues: Record<string, unknown>, key: string, event: Happening) {
  const contextValue = { principal: { key } };
  const result = await execute({
    schema: callerSchema,
    document: parse(query),
    variableValues,
    contextValue,
    rootValue: event,
  });
  const errors = result.errors?.map((error) => maskError(error, { log }).toJSON());
  return JSON.stringify({ errors, data: result.data });
}

test('each subscriber receives what graphql-js would answer it alone, regardless of the others in its group', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.gen(),
      fc.array(fc.record({ n: fc.integer({ min: 0, max: 9 }), kind: fc.constantFrom('Plain', 'Mixed') }), {
        minLength: 1,
        maxLength: 3,
      }),
      async (g, events: Happening[]) => {
        const operations = [1, 2].map(() => randomSubscription(g, callerSchema, 'happenings'));
        for (const { query } of operations) expect(validate(callerSchema, parse(query)), query).toEqual([]);
        const shared = createShared();
        const subscribers = operations.flatMap(({ query, variables }) =>
          variables.flatMap((values) =>
            ['Ada', 'Bob'].map((key) => {
              const group = shared(prepare(query, values), principal(key));
              return { query, values, key, group };
            }),
          ),
        );
        for (const event of events) {
          for (const { query, values, key, group } of [...subscribers, ...subscribers]) {
            // A group has a request ID of its own.
            const received = (await group.render(event)).toString().replaceAll(requestId, '');
            expect(received, `${query} ${JSON.stringify(values)}`).toBe(await expected(query, values, key, event));
          }
        }
      },
    ),
    { numRuns: 300, interruptAfterTimeLimit: 20_000 },
  );
});

describe('Of 5,000 subscribers with as many principals', () => {
  const event = (): Happening => ({ n: 1, kind: 'Plain' });
  /** Renders one event for 5,000 principals. Returns the number of executions and of different Buffers. */
  const renderAll = (query: string): [executions: number, serialisations: number] => {
    const shared = createShared();
    const groups = Array.from({ length: 5_000 }, (_, index) => shared(prepare(query), principal(`p${index}`)));
    executed.count = 0;
    const happened = event();
    const bytes = new Set(groups.map((group) => group.render(happened)));
    return [executed.count, bytes.size];
  };

  test('all receive the same bytes if every field is caller-independent', () => {
    expect(renderAll('subscription { happenings { n text grid fails strict { number } } }')).toEqual([1, 1]);
    expect(renderAll('subscription { happenings { either { ... on Plain { name owner } } } }')[0]).toBe(1);
  });

  test('each receives its own bytes if one field depends on the caller', () => {
    expect(renderAll('subscription { happenings { n viewer } }')).toEqual([5_000, 5_000]);
    expect(renderAll('subscription { happenings { n item { owner } } }')).toEqual([5_000, 5_000]);
  });
});

test.each([
  ['another operation', 'subscription { happenings { text } }', undefined],
  ['other variables', 'subscription ($u: Boolean) { happenings { text(upper: $u) } }', { u: true }],
])('%s: another delivery group', (_, query, variables) => {
  const shared = createShared();
  const first = shared(prepare('subscription ($u: Boolean) { happenings { text(upper: $u) } }'), principal('Ada'));
  expect(shared(prepare(query, variables), principal('Ada'))).not.toBe(first);
});
