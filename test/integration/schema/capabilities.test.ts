import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi } from '../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../helpers/valkey/valkey.js';

const all = 'capabilities { hashFieldExpiry json shardedChannels keyEvents }';
const read = (...names: string[]) => `capabilities { commands(names: ${JSON.stringify(names)}) }`;

describe('the capabilities of a cluster', () => {
  it('are those that the server has, in the order of the names', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const names = [
      'get',
      'NOSUCH',
      'CONFIG|GET',
      'config set',
      'CONFIG NOSUCH',
      'CONFIG',
      'GET|X',
      'JSON.GET',
      'MULTI',
      'get',
    ];
    expect(await api.cluster(read(...names))).toEqual({
      capabilities: { commands: [true, false, true, true, false, true, false, false, true, true] },
    });
    const [hpexpire] = (await server.command('COMMAND', 'INFO', 'HPEXPIRE')) as unknown[];
    expect(await api.cluster(all)).toEqual({
      capabilities: { hashFieldExpiry: hpexpire !== null, json: false, shardedChannels: true, keyEvents: false },
    });
  });

  it('exclude what the user may not run, whatever keys it may access', async () => {
    const rules =
      'on nopass ~own:* resetchannels -@all +@hash +@read -hpexpire +publish +command|info +acl|whoami +acl|dryrun';
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const [hpexpire] = (await server.command('COMMAND', 'INFO', 'HPEXPIRE')) as unknown[];
    await server.command(
      'ACL',
      'SETUSER',
      'default',
      'reset',
      ...rules.replace(hpexpire ? '' : '-hpexpire ', '').split(' '),
    );

    expect(
      await api.cluster(
        read('HSET', 'GET', 'SET', 'EVAL', 'PUBLISH', 'SORT', 'CONFIG GET', 'CONFIG', 'ACL', 'ACL LIST'),
      ),
    ).toEqual({ capabilities: { commands: [true, true, false, false, true, false, false, false, true, false] } });
    expect(await api.cluster(all)).toEqual({
      capabilities: { hashFieldExpiry: false, json: false, shardedChannels: false, keyEvents: null },
    });
    // The ACL may change at any time.
    await server.command('ACL', 'SETUSER', 'default', '+@all');
    expect(await api.cluster(read('SET', 'EVAL'))).toEqual({ capabilities: { commands: [true, true] } });
    await server.command('ACL', 'SETUSER', 'default', '-set', '(~x +set)');
    expect(await api.cluster(read('SET', 'EVAL'))).toEqual({ capabilities: { commands: [true, true] } });
  });

  it('are those of the engine if the user may not ask the ACL, and an error if it may ask nothing', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* -@all +@hash +command' } });
    await using api = openDataApi(describeServer(server));
    expect(await api.cluster(read('HSET', 'EVAL', 'NOSUCH'))).toEqual({
      capabilities: { commands: [true, true, false] },
    });
    await server.command('ACL', 'SETUSER', 'default', '-command');
    const { data, errors } = await api.run(`{ cluster(name: "orders") { ${read('HSET')} } }`);
    expect(data.cluster.capabilities).toBeNull();
    expect(errors).toMatchObject([{ originalError: { code: 'PERMISSION_DENIED' } }]);
  });

  it('are asked once for each command, however often a request names it', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await api.cluster(read('GET'));
    const names = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 'get' : 'CONFIG|GET'));
    const aliases = Array.from({ length: 10 }, (_, at) => `c${at}: commands(names: ${JSON.stringify(names)})`);
    const counts = await commandsDuring([server], () => api.cluster(`capabilities { ${aliases.join(' ')} }`));
    expect(counts['acl|dryrun']).toBe(2);
  });

  it('refuse names that cannot be those of commands, before anything is sent', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await api.cluster(read('GET'));
    const counts = await commandsDuring([server], async () => {
      for (const [names, path] of [
        [[], ['names']],
        [Array.from({ length: 1001 }, () => 'GET'), ['names']],
        [
          ['GET', ''],
          ['names', '1'],
        ],
        [['GET x y'], ['names', '0']],
        [['a|b|c'], ['names', '0']],
        [['GET\r\n'], ['names', '0']],
        [['G\u0000'], ['names', '0']],
        [['x'.repeat(101)], ['names', '0']],
        [['größe'], ['names', '0']],
      ] as const) {
        const { errors } = await api.run(`{ cluster(name: "orders") { ${read(...names)} } }`);
        expect(errors).toMatchObject([{ originalError: { code: 'INVALID_INPUT', inputPath: path } }]);
      }
    });
    expect(counts).toEqual({});
    const { capabilities } = await api.cluster(
      read(...Array.from({ length: 1000 }, (_, at) => (at % 2 ? 'GET' : 'NO'))),
    );
    expect(capabilities.commands.filter(Boolean)).toHaveLength(500);
  });

  it('include key events if every primary reports them', async () => {
    await using cluster = await startValkeyCluster();
    await using api = openDataApi(describeCluster(cluster));
    const keyEvents = async () => (await api.cluster('capabilities { keyEvents }')).capabilities.keyEvents;
    const [first, second] = cluster.primaries;
    expect(await keyEvents()).toBe(false);
    await first!.command('CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
    expect(await keyEvents()).toBe(false);
    await second!.command('CONFIG', 'SET', 'notify-keyspace-events', 'Kg');
    expect(await keyEvents()).toBe(true);
    // The subscription needs the channels of keys.
    for (const flags of ['K', 'EA']) {
      await second!.command('CONFIG', 'SET', 'notify-keyspace-events', flags);
      expect(await keyEvents()).toBe(false);
    }
    await second!.command('ACL', 'SETUSER', 'default', '-config');
    expect(await keyEvents()).toBeNull();
    await first!.command('CONFIG', 'SET', 'notify-keyspace-events', '');
    expect(await keyEvents()).toBe(false);
  });

  it('ask for the name of the user once in a request', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await api.cluster('key(name: "k") { type }');
    const counts = await commandsDuring([server], () => api.cluster(all));
    expect(counts).toMatchObject({ 'command|info': 3, 'acl|whoami': 1 });
  });
});
