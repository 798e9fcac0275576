import { expect, test } from 'vitest';
import { serialiseResult } from '../../../../../src/server/execution/results/serialise.js';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

test('a result that nests too deeply for JSON.stringify is truncated, and an error says so', () => {
  const at = new Date(0);
  const written = serialiseResult({ data: { poison: deep(100_000), text: 'beside it', at } }).toString();
  const { data, errors } = JSON.parse(written) as { data: Record<string, unknown>; errors: object[] };
  expect(data).toMatchObject({ text: 'beside it', at: at.toISOString() });
  expect(written).toContain('[[[[null]]]]');
  expect(errors).toEqual([
    { message: 'Values nested deeper than 500 levels are left out.', extensions: { code: 'LIMIT_EXCEEDED' } },
  ]);
});

test('a result that nests less deeply is written completely', () => {
  expect(JSON.parse(serialiseResult({ data: { fine: deep(900) } }).toString())).toEqual({ data: { fine: deep(900) } });
});
