import { expect, test } from 'vitest';
import { placeOfJsonError, type TextPlace } from '../../../src/interop/json-error-place.js';

function errorOf(text: string): unknown {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each<[string, string, TextPlace]>([
  ['a comma before a brace', '{\n  "a": 1,\n}', { line: 3, column: 1 }],
  ['a missing colon', '{ "a" 1 }', { line: 1, column: 7 }],
  ['a missing comma', '[\n1 2]', { line: 2, column: 3 }],
  ['a line break in a string', '{"a": "b\n"}', { line: 1, column: 9 }],
  ['text after the value', '{}\n{}', { line: 2, column: 1 }],
])('V8 says where JSON is wrong: %s', (_, text, place) => {
  expect(placeOfJsonError(errorOf(text), text)).toEqual(place);
});

test('nothing is said of a text that ends too early, or of another error', () => {
  expect(placeOfJsonError(errorOf('nul'), 'nul')).toBeUndefined();
  expect(placeOfJsonError(new Error('at position 1'), '{}')).toBeUndefined();
});
