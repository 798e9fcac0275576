import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { graphiqlTabs } from '../../../src/server/http/graphiql/starter-tabs.js';
import { runnable } from '../../helpers/run/documentation.js';

const problems = (query: string) => validate(schema, parse(query)).map(({ message }) => message);
const file = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
const workerOperations = await file('examples/node-worker/operations.js');

describe('GraphiQL', () => {
  test.each(graphiqlTabs)('has a tab that runs without a change: %s', (query) => {
    expect(problems(query)).toEqual([]);
  });

  test('has one operation in each tab', () => {
    expect(graphiqlTabs.map((query) => parse(query).definitions.length)).toEqual(graphiqlTabs.map(() => 1));
  });

  test('has tabs whose lines a window of 1280 pixels shows whole, beside the answer', () => {
    const lines = graphiqlTabs.flatMap((query) => query.split('\n'));
    expect(lines.filter((line) => line.length > 48)).toEqual([]);
  });
});

describe("the documentation's code for front-ends", () => {
  const written = runnable('js').flatMap(({ code }) =>
    [...code.matchAll(/'((?:subscription|query|mutation)\b[^']*)'/g)].map(([, query]) => query!),
  );
  const bodies = runnable('sh').flatMap(({ code }) => [...code.matchAll(/-d '(\{.*\})'/g)].map(([, body]) => body!));
  const sentByCurl = bodies.map((body) => (JSON.parse(body) as { query: string }).query);

  test('is found', () => {
    expect(written.length).toBeGreaterThan(0);
    expect(sentByCurl.length).toBeGreaterThan(0);
  });

  test.each([...written, ...sentByCurl])('is valid: %s', (query) => {
    expect(problems(query)).toEqual([]);
  });
});

describe("the example's worker", () => {
  test.each([...workerOperations.matchAll(/`([^`]*)`/g)].map(([, query]) => query!))(
    'sends valid operations: %s',
    (query) => {
      expect(problems(query)).toEqual([]);
    },
  );
});
