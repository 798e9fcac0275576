import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../../../../src/datasources/valkey/command-error.js';
import type { NodeLink, Reply, ValkeyNode } from '../../../../../../src/datasources/valkey/interfaces.js';
import { readSlowLog, resetSlowLog } from '../../../../../../src/datasources/valkey/values/nodes/slow-log.js';

const unknown = () => {
  throw new CommandError("ERR unknown command 'COMMANDLOG'");
};

/** A node that records what it receives. Its connection is replaced by `reconnect`. */
function fakeNode(replies: { COMMANDLOG: () => Reply; SLOWLOG?: () => Reply }) {
  const sent: string[] = [];
  const connect = (): NodeLink => ({ send: (args) => node.send(args) });
  let connection = connect();
  const node: ValkeyNode = {
    endpoint: { host: 'h', port: 1 },
    firstSlot: 0,
    slots: [],
    isPrimary: true,
    connection: () => Promise.resolve(connection),
    async send(args) {
      sent.push(args.join(' '));
      await Promise.resolve();
      return (args[0] === 'COMMANDLOG' ? replies.COMMANDLOG : (replies.SLOWLOG ?? unknown))();
    },
  };
  return { node, sent, reconnect: () => void (connection = connect()) };
}

const entry: Reply = [
  '7',
  '1700000000',
  '50000',
  [Buffer.from('GET'), Buffer.from([0xff])],
  Buffer.from('h:1'),
  Buffer.from(''),
];

describe('The log of slow commands', () => {
  it('is read and cleared by COMMANDLOG if the server has it', async () => {
    const { node, sent } = fakeNode({ COMMANDLOG: () => [entry] });
    expect(await readSlowLog(node, 'LARGE_REPLY', 5)).toEqual([
      {
        sequence: 7,
        at: new Date(1_700_000_000_000),
        durationMicroseconds: null,
        sizeBytes: 50_000,
        arguments: ['GET', '\\xff'],
        client: 'h:1',
        clientName: null,
      },
    ]);
    expect(await readSlowLog(node, 'SLOW', 5)).toMatchObject([{ durationMicroseconds: 50_000, sizeBytes: null }]);
    await resetSlowLog(node, 'LARGE_REQUEST', ['input', 'kind']);
    expect(sent).toEqual(['COMMANDLOG GET 5 large-reply', 'COMMANDLOG GET 5 slow', 'COMMANDLOG RESET large-request']);
  });

  it('is read by SLOWLOG otherwise, which is remembered until the connection is another one', async () => {
    const { node, sent, reconnect } = fakeNode({ COMMANDLOG: unknown, SLOWLOG: () => [entry] });
    expect(await readSlowLog(node, 'SLOW', 5)).toHaveLength(1);
    await resetSlowLog(node, 'SLOW', ['input', 'kind']);
    await expect(readSlowLog(node, 'LARGE_REPLY', 5)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(sent).toEqual(['COMMANDLOG GET 5 slow', 'SLOWLOG GET 5', 'SLOWLOG RESET']);
    reconnect();
    await expect(resetSlowLog(node, 'LARGE_REPLY', ['input', 'kind'])).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      inputPath: ['input', 'kind'],
    });
    expect(sent.slice(3)).toEqual(['COMMANDLOG RESET large-reply']);
  });

  it('is read by SLOWLOG if the ACL allows that only, and not supported if a managed server has neither', async () => {
    const denied = () => {
      throw new CommandError("NOPERM User api has no permissions to run the 'commandlog|get' command");
    };
    const { node, sent } = fakeNode({ COMMANDLOG: denied, SLOWLOG: () => [] });
    expect(await readSlowLog(node, 'SLOW', 5)).toEqual([]);
    await expect(readSlowLog(node, 'LARGE_REPLY', 5)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(sent).toEqual(['COMMANDLOG GET 5 slow', 'SLOWLOG GET 5', 'COMMANDLOG GET 5 large-reply']);
    const serverless = fakeNode({ COMMANDLOG: unknown });
    await expect(readSlowLog(serverless.node, 'SLOW', 5)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});
