import { createClient } from '@redis/client';
import { expect } from 'vitest';
import {
  anyOrder,
  describePeerCases,
  fails,
  reads,
  refuses,
  valkey,
  writes,
  type Bench,
  type PeerCase,
  type Step,
} from '../../../helpers/apis/peer-cases.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { administrator } from '../../../helpers/valkey/valkey.js';

const within = (least: number, most: number) =>
  expect.toSatisfy((value: number) => value >= least && value <= most, `${least} to ${most}`);
const fill = (count: number, prefix: string) =>
  valkey(['MSET', ...Array.from({ length: count }, (_, index) => [`${prefix}:${index}`, 'v']).flat()]);
const counts =
  (pattern: string, count: number): Step =>
  async (bench) => {
    const script = 'local n = 0; for _, k in ipairs(redis.call("KEYS", ARGV[1])) do n = n + 1 end; return n';
    await valkey(['EVAL', script, '0', pattern], count)(bench);
  };

/** Follows a job to its end, which must equal `expected`. */
const runsJob =
  (input: object, expected: object): Step =>
  async ({ api }) => {
    const { job, userErrors } = await api.mutate('startKeyJob', '{ job { id } userErrors { code } }', input);
    expect(userErrors).toEqual([]);
    const selection = `{ ${Object.keys(expected).join(' ')} }`;
    let last: unknown;
    for await (const { data } of await api.subscribe(`subscription { jobProgress(id: "${job.id}") ${selection} }`)) {
      last = data.jobProgress;
    }
    expect(last).toEqual(expected);
  };

/** Runs `use` with a client that is connected under a name. */
const withClient =
  (name: string, use: (bench: Bench, client: { closed: () => boolean }) => Promise<void>): Step =>
  async (bench) => {
    const client = createClient({
      url: bench.server.url,
      ...administrator,
      name,
      socket: { reconnectStrategy: false },
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await use(bench, { closed: () => !client.isReady });
    } finally {
      client.destroy();
    }
  };

const node = async ({ api }: Bench, selection: string): Promise<any> =>
  (await api.cluster(`nodes { ${selection} }`)).nodes[0];
const mutateNode = async ({ api }: Bench, name: string, selection: string, input: object): Promise<any> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { payload: ${name}(input: $input) { ${selection} userErrors { code path } } }`;
  return (await api.data(document, { input })).payload;
};
const logsSlowerThan = (microseconds: number) =>
  valkey(['CONFIG', 'SET', 'slowlog-log-slower-than', String(microseconds)], 'OK');

const cases: readonly PeerCase[] = [
  {
    title: 'the slow log has commands with their arguments, duration and client, newest first',
    from: 'redis-py test_slowlog_get',
    steps: [
      logsSlowerThan(0),
      valkey(['SLOWLOG', 'RESET']),
      valkey(['GET', '\u0d80abcd\u0d5d']),
      async (bench) => {
        const { slowLog } = await node(bench, 'slowLog { sequence durationMicroseconds arguments client clientName }');
        const names = slowLog.map((logged: any) => logged.arguments.slice(0, 2).join(' '));
        expect(names.indexOf('GET \u0d80abcd\u0d5d')).toBeLessThan(names.indexOf('SLOWLOG RESET'));
        expect(names).toEqual(expect.arrayContaining(['GET \u0d80abcd\u0d5d', 'SLOWLOG RESET']));
        expect(slowLog[0]).toEqual({
          sequence: within(0, 1e6),
          durationMicroseconds: within(0, 1e6),
          arguments: expect.any(Array),
          client: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
          clientName: expect.any(String),
        });
      },
    ],
  },
  {
    title: 'as many entries of the slow log are read as asked for',
    from: 'redis-py test_slowlog_get_limit',
    steps: [
      logsSlowerThan(0),
      valkey(['GET', 'foo']),
      valkey(['GET', 'foo']),
      async (bench) => expect((await node(bench, 'slowLog(first: 1) { sequence }')).slowLog).toHaveLength(1),
      fails('nodes { slowLog(first: 0) { sequence } }', 'INVALID_INPUT'),
    ],
  },
  {
    title: 'the slow log is empty if no command is slow, and after it was cleared',
    from: 'RedisInsight slowlog/GET-databases-id-slow_logs, slowlog/DELETE-databases-id-slow_logs',
    steps: [
      logsSlowerThan(0),
      valkey(['GET', 'foo']),
      logsSlowerThan(1_000_000_000),
      async (bench) => {
        const { id, slowLog } = await node(bench, 'id slowLog { sequence }');
        expect(slowLog.length).toBeGreaterThan(0);
        expect(await mutateNode(bench, 'resetSlowLog', 'node { id }', { nodeId: id })).toEqual({
          node: { id },
          userErrors: [],
        });
        expect((await node(bench, 'slowLog { sequence }')).slowLog).toEqual([]);
      },
    ],
  },
  {
    title: 'clients are listed with their addresses, names and users',
    from: 'redis-py test_client_list, test_client_list_after_client_setname',
    steps: [
      withClient('redis-py-c1', async (bench) => {
        const { clients } = await node(bench, 'clients(first: 1000) { nodes { name address user database } }');
        expect(clients.nodes.filter(({ name }: any) => name === 'redis-py-c1')).toEqual([
          {
            name: 'redis-py-c1',
            address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
            user: administrator.username,
            database: 0,
          },
        ]);
      }),
    ],
  },
  {
    title: 'a client is closed by its ID, and others stay connected',
    from: 'redis-py test_client_kill_filter_by_id',
    differs: 'Filters of clients to close (CLIENT KILL ADDR, USER, TYPE, …)',
    steps: [
      withClient('redis-py-c1', async (bench, stays) => {
        await withClient('redis-py-c2', async (_, leaves) => {
          const { id, clients } = await node(bench, 'id clients(first: 1000) { nodes { clientId name } }');
          const { clientId } = clients.nodes.find(({ name }: any) => name === 'redis-py-c2');
          const kill = () => mutateNode(bench, 'killClient', 'killed', { nodeId: id, clientId });
          expect(await kill()).toEqual({ killed: true, userErrors: [] });
          await eventually(() => expect(leaves.closed()).toBe(true));
          expect(stays.closed()).toBe(false);
          expect(await kill()).toEqual({
            killed: null,
            userErrors: [{ code: 'NOT_FOUND', path: ['input', 'clientId'] }],
          });
        })(bench);
      }),
    ],
  },
  {
    title: 'the sections of INFO are read by their names',
    from: 'redis-py test_info, test_info_multi_sections',
    steps: [
      valkey(['SET', 'a', 'foo']),
      async (bench) => {
        const { infoSections } = await node(
          bench,
          'infoSections(names: ["clients", "keyspace"]) { name entries { name value } }',
        );
        expect(infoSections.map(({ name }: any) => name.toLowerCase())).toEqual(['clients', 'keyspace']);
        const entries = Object.fromEntries(
          infoSections.flatMap((section: any) => section.entries.map(({ name, value }: any) => [name, value])),
        );
        expect(Number(entries['connected_clients'])).toBeGreaterThan(0);
        expect(entries['db0']).toMatch(/^keys=1,expires=0,/);
      },
    ],
  },
  {
    title: 'a value of INFO keeps its colons and commas',
    from: 'valkey-admin utils parseInfo',
    steps: [
      async (bench) => {
        const { infoSections } = await node(bench, 'infoSections(names: ["server"]) { entries { name value } }');
        const value = (wanted: string) => infoSections[0].entries.find(({ name }: any) => name === wanted).value;
        expect(value('tcp_port')).toBe(String(bench.server.port));
        expect(value('executable')).toMatch(/^\//);
        expect(value('listener0')).toMatch(/^name=tcp,bind=127\.0\.0\.1,port=\d+$/);
      },
    ],
  },
  {
    title: 'the memory of a node and its most expensive commands are read',
    from: 'redis-py test_memory_stats, test_config_resetstat',
    steps: [
      valkey(['CONFIG', 'RESETSTAT']),
      valkey(['GET', 'x']),
      valkey(['GET', 'x']),
      async (bench) => {
        const { memory, commandStats } = await node(
          bench,
          'memory { usedBytes peakBytes maxBytes policy } commandStats(first: 100) { command calls failedCalls rejectedCalls }',
        );
        expect(memory).toEqual({
          usedBytes: within(1e5, 1e9),
          peakBytes: within(1e5, 1e9),
          maxBytes: null,
          policy: 'noeviction',
        });
        expect(commandStats).toContainEqual({ command: 'get', calls: 2, failedCalls: 0, rejectedCalls: 0 });
      },
    ],
  },
  {
    title: 'a server without cluster mode has no slots, which is an error of that field alone',
    from: 'RedisInsight cluster-monitor/GET-databases-id-cluster_details, redis-py test_readonly_invalid_cluster_state',
    steps: [
      fails('slotRanges { start }', 'NOT_SUPPORTED'),
      reads('nodes { memory { maxBytes } }', [{ memory: { maxBytes: null } }]),
    ],
  },
  {
    title: 'keys that match are deleted in the background, and others are not',
    from: 'RedisInsight ws/bulk-actions/bulk-actions-create',
    differs: 'A bulk deletion that does not say `dryRun: false`',
    steps: [
      fill(300, 'bulk'),
      fill(100, 'stay'),
      runsJob(
        { match: 'bulk:*', action: 'DELETE' },
        { status: 'SUCCEEDED', dryRun: true, matched: 300, changed: 0, failed: 0 },
      ),
      counts('bulk:*', 300),
      runsJob(
        { match: 'bulk:*', action: 'DELETE', dryRun: false },
        { status: 'SUCCEEDED', dryRun: false, matched: 300, changed: 300, failed: 0, error: null },
      ),
      counts('bulk:*', 0),
      counts('stay:*', 100),
    ],
  },
  {
    title: 'keys of one type are deleted in the background, and a job with an unknown filter does not start',
    from: 'RedisInsight ws/bulk-actions/bulk-actions-create (filter)',
    steps: [
      fill(50, 'bulk'),
      valkey(['SADD', 'bulk:set', 'x']),
      runsJob({ match: 'bulk:*', action: 'DELETE', type: 'SET', dryRun: false }, { status: 'SUCCEEDED', changed: 1 }),
      valkey(['EXISTS', 'bulk:set'], 0),
      counts('bulk:*', 50),
      refuses('startKeyJob', { match: '*', action: 'DELETE', expiry: { seconds: 1 } }, 'INVALID_INPUT', 'input.expiry'),
    ],
  },
  {
    title: 'keys are grouped by the part of their names before a delimiter',
    from: 'RedisInsight database-analysis/POST-databases-id-analysis',
    steps: [
      fill(30, 'user'),
      fill(20, 'session'),
      valkey(['SET', 'plain', 'x']),
      reads('keyTree { isComplete scanned keys { name } prefixes { prefix keyCount } }', {
        isComplete: true,
        scanned: 51,
        keys: [{ name: 'plain' }],
        prefixes: anyOrder([
          { prefix: 'user:', keyCount: 30 },
          { prefix: 'session:', keyCount: 20 },
        ]),
      }),
    ],
  },
  {
    title: 'the biggest keys are found with their memory and length',
    from: 'RedisInsight database-analysis/POST-databases-id-analysis (big keys)',
    steps: [
      fill(30, 'small'),
      valkey(['SET', 'big', 'x'.repeat(100_000)]),
      reads('bigKeys(first: 1) { isComplete keys { key { name } length memoryBytes } }', {
        isComplete: true,
        keys: [{ key: { name: 'big' }, length: 100_000, memoryBytes: within(100_000, 200_000) }],
      }),
    ],
  },
  {
    title: 'several writes are one transaction with a result for each',
    from: 'redis-py test_pipeline test_pipeline',
    steps: [
      valkey(['SET', 'a', '0']),
      writes(
        'runTransaction',
        {
          operations: [
            { setString: { key: 'a', value: 'a1' } },
            { addSortedSetMembers: { key: 'z', members: [{ value: 'z1', score: 1 }] } },
            { addSortedSetMembers: { key: 'z', members: [{ value: 'z2', score: 4 }] } },
            { incrementString: { key: 'n', by: '2' } },
          ],
        },
        {
          applied: true,
          results: [
            { text: 'OK', integer: null },
            { text: null, integer: '1' },
            { text: null, integer: '1' },
            { text: null, integer: '2' },
          ],
        },
      ),
      valkey(['ZRANGE', 'z', '0', '-1'], ['z1', 'z2']),
    ],
  },
  {
    title: 'an operation that fails in a transaction does not undo the others, and shows its own error',
    from: 'redis-py test_pipeline test_exec_error_in_response, test_exec_error_raised',
    steps: [
      valkey(['SET', 'c', 'a']),
      writes(
        'runTransaction',
        {
          operations: [
            { setString: { key: 'a', value: '1' } },
            { pushListElements: { key: 'c', elements: ['3'] } },
            { setString: { key: 'd', value: '4' } },
          ],
        },
        {
          applied: true,
          results: [{ error: null }, { error: { code: 'WRONG_TYPE' } }, { error: null }],
        },
        '{ applied results { error { code } } }',
      ),
      valkey(['MGET', 'a', 'c', 'd'], ['1', 'a', '4']),
    ],
  },
  {
    title: 'a transaction is executed only if keys have the expected values',
    from: 'redis-py test_pipeline test_watch_succeed, test_watch_failure',
    steps: [
      valkey(['MSET', 'a', '1', 'b', '2']),
      writes(
        'runTransaction',
        { expect: [{ key: 'a', value: '1' }, { key: 'none' }], operations: [{ setString: { key: 'c', value: '3' } }] },
        { applied: true, results: [{ text: 'OK' }] },
      ),
      writes(
        'runTransaction',
        { expect: [{ key: 'b', value: 'bad' }], operations: [{ setString: { key: 'c', value: '4' } }] },
        { applied: false, results: null },
        '{ applied results { text } }',
      ),
      valkey(['GET', 'c'], '3'),
      refuses('runTransaction', { operations: [] }, 'INVALID_INPUT', 'input.operations'),
    ],
  },
  {
    title: 'a key is added, found by a pattern and deleted',
    from: 'valkey-admin key-browser integration',
    steps: [
      fill(5, 'string:db0'),
      reads('keys(match: "string:*") { nodes { name type } }', {
        nodes: anyOrder(Array.from({ length: 5 }, (_, index) => ({ name: `string:db0:${index}`, type: 'STRING' }))),
      }),
      writes(
        'setString',
        { key: 'it:roundtrip', value: 'hello' },
        { applied: true, key: { name: 'it:roundtrip', type: 'STRING' } },
      ),
      writes('deleteKeys', { keys: ['it:roundtrip'] }, { deleted: 1 }),
      reads('key(name: "it:roundtrip") { name }', null),
    ],
  },
];

describePeerCases('servers, jobs and transactions', cases);
