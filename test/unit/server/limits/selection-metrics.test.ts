import * as fc from 'fast-check';
import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { fieldRepetition } from '../../../../src/server/limits/document/field-repetition.js';
import {
  createSelectionMeter,
  type SelectionMetrics,
} from '../../../../src/server/limits/document/selection-metrics.js';
import { callerSchema } from '../../../helpers/schema/caller-schema.js';
import { randomSubscription } from '../../../helpers/schema/random-operation.js';

/** A field with every fragment expanded. */
interface Written {
  readonly name: string;
  readonly isAliased: boolean;
  readonly below: readonly Written[];
}

function writeOut(set: SelectionSetNode | undefined, document: DocumentNode): Written[] {
  return (set?.selections ?? []).flatMap((node) => {
    if (node.kind === Kind.FIELD) {
      const name = (node.alias ?? node.name).value;
      return [{ name, isAliased: node.alias !== undefined, below: writeOut(node.selectionSet, document) }];
    }
    if (node.kind === Kind.INLINE_FRAGMENT) return writeOut(node.selectionSet, document);
    return writeOut(fragmentsOf(document).get(node.name.value)?.selectionSet, document);
  });
}

function naively(fields: readonly Written[]): Partial<SelectionMetrics> {
  const all = (each: readonly Written[]): readonly Written[] => each.flatMap((field) => [field, ...all(field.below)]);
  const depth = (each: readonly Written[]): number => Math.max(0, ...each.map(({ below }) => 1 + depth(below)));
  return {
    depth: depth(fields),
    width: fields.length,
    breadth: Math.max(0, ...all(fields).map(({ below }) => below.length)),
    fields: all(fields).length,
    aliases: all(fields).filter(({ isAliased }) => isAliased).length,
  };
}

function repeatsNaively(fields: readonly Written[]): number {
  const names = new Set(fields.map(({ name }) => name));
  return Math.max(
    0,
    ...[...names].flatMap((name) => {
      const alike = fields.filter((field) => field.name === name);
      return [alike.length, repeatsNaively(alike.flatMap(({ below }) => below))];
    }),
  );
}

function fragmentsOf({ definitions }: DocumentNode) {
  return new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
}

function measure(query: string) {
  const document = parse(query);
  const fragments = fragmentsOf(document);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('Expected the operation first.');
  const meter = createSelectionMeter(fragments);
  const metrics = meter.of(operation.selectionSet);
  return { document, operation, fragments, metrics, hasCycle: meter.hasCycle() };
}

test('the metrics of an operation equal those with every fragment expanded', () => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const { query } = randomSubscription(g, callerSchema, 'happenings');
      const { document, operation, fragments, metrics } = measure(query);
      const written = writeOut(operation.selectionSet, document);
      expect(metrics).toMatchObject(naively(written));
      expect(fieldRepetition(operation.selectionSet, fragments)).toBe(repeatsNaively(written));
    }),
    { numRuns: 300 },
  );
});

describe('A fragment', () => {
  test('is measured once, however often it is spread', () => {
    const doubling = Array.from({ length: 1_000 }, (_, at) => `fragment F${at} on Q { ...F${at + 1} ...F${at + 1} }`);
    const { metrics } = measure(`{ ...F0 } ${doubling.slice(0, 900).join(' ')} fragment F900 on Q { a }`);
    expect(metrics.fields).toBe(2 ** 900);
  });

  test('that does not exist counts as one field, so that fragments that double towards it are counted', () => {
    expect(measure('{ ...F ...F } fragment F on Q { ...G ...G }').metrics).toMatchObject({ fields: 4, width: 4 });
  });

  test('that spreads itself is not followed', () => {
    expect(measure('{ ...F } fragment F on Q { a { ...G } } fragment G on Q { ...F ...F }')).toMatchObject({
      hasCycle: true,
      metrics: { depth: 1, fields: 3 },
    });
  });

  test('in a chain deeper than the call stack is too deep', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => `fragment F${at} on Q { ...F${at + 1} }`);
    const { metrics } = measure(`{ ...F0 } ${chain.join(' ')} fragment F20000 on Q { a }`);
    expect(metrics.depth).toBe(Infinity);
  });
});

test('introspection has its own depth', () => {
  expect(measure('{ a { b } __schema { types { ofType { name } } } }').metrics).toMatchObject({
    depth: 2,
    introspectionDepth: 4,
  });
});
