import { describe, expect, it } from 'vitest';
import type {
  Command,
  Reply,
  ReplyReceiver,
  ValkeyCommands,
} from '../../../../../src/datasources/valkey/interfaces.js';
import { LimitedCommands } from '../../../../../src/datasources/valkey/values/limited-commands.js';
import { SlowReads } from '../../../../../src/datasources/valkey/values/slow-reads.js';
import { ReadBudget } from '../../../../../src/datasources/valkey/values/read-budget.js';

const MiB = 1024 * 1024;

/** Commands whose replies the test gives, under a limit of 8 MiB. */
function limited() {
  const sent: { readonly args: Command['args']; readonly receiver: ReplyReceiver }[] = [];
  const commands = {
    post: ({ args }: Command, receiver: ReplyReceiver) => void sent.push({ args, receiver }),
    send: ({ args }: Command) =>
      new Promise<Reply>((resolve, reject) => sent.push({ args, receiver: { replied: resolve, failed: reject } })),
  } as unknown as ValkeyCommands;
  let refusals = 0;
  const budget = new ReadBudget({
    maxBytes: 8 * MiB,
    exceeded: () => new Error(`refused ${(refusals += 1)}`),
  });
  let isOver = false;
  const slowReads = new SlowReads(() => isOver);
  const countLimit = { maxBytes: 100, exceeded: (bytes: number) => new Error(`${bytes} bytes`) };
  const outcomes: string[] = [];
  const send = (...args: Command['args']): void => {
    const report = (text: string) => () => void outcomes.push(`${args[1]?.toString()}: ${text}`);
    new LimitedCommands(commands, { budget, slowReads, countLimit })
      .send({ args })
      .then(report('read'), (cause: unknown) => report((cause as Error).message)());
  };
  const range = (name: string, bytes: number): void => send('GETRANGE', name, '0', String(bytes - 1));
  const number = (value: number): void => sent.shift()!.receiver.replied(String(value));
  const reply = (bytes: number): void => sent.shift()!.receiver.replied(Buffer.alloc(bytes));
  const end = (): void => void (isOver = true);
  return {
    send,
    range,
    reply,
    number,
    sent,
    outcomes,
    end,
    fail: () => sent.shift()!.receiver.failed(new Error('lost')),
  };
}
/** Lets all promises settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('The reads of one request', () => {
  it('leave at once if they are small, a thousand values together', () => {
    const { send, sent } = limited();
    for (let at = 0; at < 250; at += 1) send('GET', `k${at}`);
    expect(sent).toHaveLength(250);
  });

  it('wait while those in flight may fill the limit, and leave in order as replies arrive', async () => {
    const { range, reply, sent, outcomes } = limited();
    for (const name of ['a', 'b', 'c', 'd']) range(name, 4 * MiB);
    expect(sent.map(({ args }) => args[1])).toEqual(['a', 'b']);
    // Values may be shorter than the range.
    reply(MiB);
    expect(sent.map(({ args }) => args[1])).toEqual(['b']);
    reply(3 * MiB);
    expect(sent.map(({ args }) => args[1])).toEqual(['c']);
    reply(MiB);
    reply(MiB);
    await settled();
    expect(outcomes).toEqual(['a: read', 'b: read', 'c: read', 'd: read']);
  });

  it('are refused without being sent once the replies exceed the limit, with one error for all', async () => {
    const { range, send, reply, sent, outcomes } = limited();
    for (const name of ['a', 'b', 'c', 'd']) range(name, 5 * MiB);
    reply(5 * MiB);
    reply(5 * MiB);
    send('GET', 'e');
    send('STRLEN', 'f');
    send('SET', 'g', 'v');
    await settled();
    expect(outcomes.sort()).toEqual(['a: read', 'b: refused 1', 'c: refused 1', 'd: refused 1', 'e: refused 1']);
    expect(sent.map(({ args }) => args[0])).toEqual(['STRLEN', 'SET']);
  });

  it('leave one at a time if each may exceed the limit alone', async () => {
    const { range, reply, sent, outcomes } = limited();
    for (const name of ['a', 'b']) range(name, 100 * MiB);
    expect(sent).toHaveLength(1);
    reply(MiB);
    expect(sent).toHaveLength(1);
    reply(9 * MiB);
    await settled();
    expect(outcomes).toEqual(['a: read', 'b: refused 1']);
  });

  it('count no bytes for a read without a reply', async () => {
    const { range, fail, reply, outcomes } = limited();
    for (const name of ['a', 'b', 'c']) range(name, 8 * MiB);
    fail();
    fail();
    reply(8 * MiB);
    await settled();
    expect(outcomes).toEqual(['a: lost', 'b: lost', 'c: read']);
  });

  it('count the elements of lists in lists', async () => {
    const { send, sent, outcomes } = limited();
    send('HSCAN', 'h', '0');
    const text = Buffer.alloc(3 * MiB);
    sent.shift()!.receiver.replied([Buffer.from('0'), [text, text, text]]);
    await settled();
    expect(outcomes).toEqual(['h: refused 1']);
  });

  it('leave one after another if they may occupy the server for long, and others pass them', async () => {
    const { send, reply, fail, sent, outcomes } = limited();
    for (const name of ['a', 'b', 'c']) send('BITCOUNT', name, '0', '9');
    send('GEOSEARCH', 'd');
    send('GET', 'e');
    const names = () => sent.map(({ args }) => args[1]);
    expect(names()).toEqual(['a', 'e']);
    reply(1);
    expect(names()).toEqual(['e', 'b']);
    reply(1);
    fail();
    expect(names()).toEqual(['c']);
    reply(1);
    reply(1);
    await settled();
    expect(outcomes.sort()).toEqual(['a: read', 'b: lost', 'c: read', 'd: read', 'e: read']);
  });

  it('are not sent any more if they are slow and nobody waits for them', async () => {
    const { send, reply, sent, end, outcomes } = limited();
    for (const name of ['a', 'b', 'c']) send('BITCOUNT', name, '0', '9');
    end();
    reply(1);
    await settled();
    expect(sent).toEqual([]);
    const over = 'The operation ended before BITCOUNT was sent.';
    expect(outcomes.sort()).toEqual(['a: read', `b: ${over}`, `c: ${over}`]);
  });
});

describe('A count of bits', () => {
  it.each([
    [[], 'STRLEN'],
    [['0', '99', 'BYTE'], 'BITCOUNT'],
    [['0', '100', 'BYTE'], 'STRLEN'],
    [['-100', '-1', 'BYTE'], 'BITCOUNT'],
    [['0', '799', 'BIT'], 'BITCOUNT'],
    [['0', '800', 'BIT'], 'STRLEN'],
    [['5', '-1', 'BYTE'], 'STRLEN'],
    [['-100', '5', 'BYTE'], 'BITCOUNT'],
    [['9', '2', 'BYTE'], 'BITCOUNT'],
  ])('in the range %j begins with %s', (bounds, name) => {
    const { send, sent } = limited();
    send('BITCOUNT', 'a', ...bounds);
    expect(sent.map(({ args }) => args[0])).toEqual([name]);
  });

  it.each([
    [[], 100, 'read'],
    [[], 101, '101 bytes'],
    [['0', '1000', 'BYTE'], 100, 'read'],
    [['0', '1000', 'BYTE'], 2000, '1001 bytes'],
    [['0', '800', 'BIT'], 100, 'read'],
    [['0', '800', 'BIT'], 2000, '101 bytes'],
    [['5', '-1', 'BYTE'], 105, 'read'],
    [['5', '-1', 'BYTE'], 106, '101 bytes'],
    [['-1000', '150', 'BYTE'], 200, '151 bytes'],
  ])('in the range %j of a value of %s bytes: %s', async (bounds, length, outcome) => {
    const { send, number, sent, outcomes } = limited();
    send('BITCOUNT', 'a', ...bounds);
    number(length);
    if (sent.length > 0) number(1);
    await settled();
    expect(outcomes).toEqual([`a: ${outcome}`]);
  });
});

describe('A part of a string', () => {
  it.each([
    ['0', '-1', String(8 * MiB)],
    ['10', '999999999', String(8 * MiB + 10)],
    ['-999999999', '-1', String(8 * MiB - 999_999_999)],
    ['0', '100', '100'],
    ['-5', '-1', '-1'],
    // It is unknown where this begins.
    ['0', '-2', '-2'],
  ])('from %s to %s is requested up to %s', (start, end, sentEnd) => {
    const { send, sent } = limited();
    send('GETRANGE', 'a', start, end);
    expect(sent[0]!.args).toEqual(['GETRANGE', 'a', start, sentEnd]);
  });
});
