import { describe, expect, it } from 'vitest';
import { streamEntries } from '../../../src/datasources/valkey/values/streams/stream-entries.js';
import { parseJson } from '../../../src/runtime/json.js';
import { fieldsAsJson } from '../../../src/domain/realtime/stream-entry.js';

const field = (name: string | Buffer, value: string | Buffer) => ({
  name: Buffer.from(name),
  value: Buffer.from(value),
});

describe('A stream entry', () => {
  it('is one JSON object of its fields, the last value of a repeated name', () => {
    expect(fieldsAsJson([field('a', '1'), field('b', '2'), field('a', '3')])).toEqual({ a: '3', b: '2' });
  });

  it('has no JSON if bytes are not UTF-8 or a name is __proto__', () => {
    expect(fieldsAsJson([field('a', Buffer.from([0xff]))])).toBeNull();
    expect(fieldsAsJson([field('__proto__', 'x')])).toBeNull();
  });

  it('is decoded from a reply with names and values as bytes; deleted entries are skipped', () => {
    const name = Buffer.from([0, 255]);
    const reply = [[Buffer.from('1-0'), [name, Buffer.from('v')]], null, [Buffer.from('2-0'), null]];
    expect(streamEntries(reply)).toEqual([{ id: '1-0', fields: [{ name, value: Buffer.from('v') }] }]);
    expect(streamEntries(null)).toEqual([]);
  });
});

describe('JSON of a payload', () => {
  it('is parsed, or null if it is not JSON', () => {
    expect(parseJson('{"a":[1,null]}')).toEqual({ a: [1, null] });
    expect(parseJson('{a}')).toBeNull();
  });

  it('is null if it has an own __proto__ key at any depth, however it is escaped', () => {
    expect(parseJson('{"a":[{"__proto__":1}]}')).toBeNull();
    expect(parseJson('{"\\u005f_proto__":1}')).toBeNull();
    expect(parseJson('{"text":"about __proto__"}')).toEqual({ text: 'about __proto__' });
  });
});
