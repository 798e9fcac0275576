import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/apis/command.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { startLoad } from '../../helpers/clients/load.js';
import { monitor, type Monitor } from '../../helpers/valkey/monitor.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const set = (n: number) => ({
  query: `mutation ($value: String!) {
    setString(input: { cluster: "orders", key: "k", value: $value }) { userErrors { code message } }
  }`,
  variables: { value: String(n) },
});
/** Codes while the cluster is lost, and once the credentials are known to be refused. */
const outages = new Set(['CLUSTER_UNAVAILABLE', 'UNKNOWN_OUTCOME', 'TIMEOUT', 'PERMISSION_DENIED']);
/** The users of all connections but the test's own. */
const usersOf = async (server: TestValkey): Promise<string[]> => {
  const clients = String(await server.command('CLIENT', 'LIST'));
  const users = [...clients.matchAll(/ user=(\S+) /g)].map(([, user]) => user!);
  return [...new Set(users)].filter((user) => user !== 'test-administrator');
};

/** Commands executed since the mark, except logins. */
const since = (mark: string, { commands }: Monitor): string[] =>
  commands
    .slice(commands.indexOf(`"ECHO" "${mark}"`) + 1)
    .filter((command) => !command.startsWith('"HELLO" "3" "AUTH"'));

/** An API that connects as alice, with the password in a file, to a server that allows every other user everything. */
async function startAsAlice() {
  const users = { default: 'on nopass ~* &* +@all', alice: 'on >canary-canary-first-password ~* &* +@all' };
  const server = await startValkey({ users });
  const folder = await temporaryFolder();
  const passwordFile = join(folder.path, 'password');
  await writeFile(passwordFile, 'canary-canary-first-password\n');
  const api = await serve({ orders: { host: server.host, port: server.port, username: 'alice', passwordFile } });
  return {
    api,
    server,
    newPassword: (password: string) => writeFile(passwordFile, password),
    async [Symbol.asyncDispose]() {
      for (const each of [api, folder, server]) await each[Symbol.asyncDispose]();
    },
  };
}

describe('An API whose user', () => {
  test('gets another password under load never acts as another user, and continues once the API knows the new password', async () => {
    await using started = await startAsAlice();
    const { api, server } = started;
    await data(
      api.url,
      'mutation { createConsumerGroup(input: { cluster: "orders", stream: "log", group: "g", startAt: "0" }) { created } }',
    );
    await using client = connect(api.url);
    const open = (field: string) => subscribe(client, `subscription { ${field} }`);
    await using heard = open('channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } }');
    await using followed = open('streamEntries(cluster: "orders", stream: "log", after: "0") { entries { entryId } }');
    await using worked = open(
      'groupEntries(cluster: "orders", stream: "log", group: "g", consumer: "c") { entries { entry { entryId } } }',
    );
    const add = `mutation { addStreamEntry(input: {
      cluster: "orders", stream: "log", fields: [{ name: "n", value: "1" }]
    }) { entryId } }`;
    await data(api.url, add);
    await Promise.all([followed.next(), worked.next()]);
    await using load = startLoad(api.url, set);
    await load.more(50);

    await using seen = await monitor(server);
    await Promise.all([
      server.command('ACL', 'SETUSER', 'alice', 'resetpass', '>canary-canary-second-password'),
      server.command('CLIENT', 'KILL', 'USER', 'alice'),
      server.command('ECHO', 'changed'),
    ]);
    await eventually(() => expect(load.codes.length).toBeGreaterThan(50));
    await eventually(async () => {
      const { dataAccess } = (await data(api.url, '{ cluster(name: "orders") { dataAccess { state } } }')).cluster;
      expect(dataAccess.state).toBe('FAILED');
    });
    expect(load.codes.filter((code) => !outages.has(code))).toEqual([]);
    expect(since('changed', seen)).toEqual([]);
    expect(await usersOf(server)).toEqual([]);

    await started.newPassword('canary-canary-second-password');
    await load.more(50);
    await data(api.url, add);
    await Promise.all([followed.next(), worked.next()]);
    await eventually(async () => {
      await server.command('PUBLISH', 'news', 'x');
      expect(heard.results.flatMap((result) => result.data!['channelMessages'].messages)).not.toEqual([]);
    });
    expect(await usersOf(server)).toEqual(['alice']);
  });

  test('is deleted under load never acts as another user', async () => {
    await using started = await startAsAlice();
    const { api, server } = started;
    await using load = startLoad(api.url, set, 16);
    await load.more(100);
    await using seen = await monitor(server);
    // Valkey ends the connections of a user that is deleted.
    await Promise.all([server.command('ACL', 'DELUSER', 'alice'), server.command('ECHO', 'deleted')]);
    await eventually(() => expect(load.codes.length).toBeGreaterThan(100));
    await load.stop();
    expect(load.codes.filter((code) => !outages.has(code))).toEqual([]);
    expect(since('deleted', seen)).toEqual([]);
    expect(await usersOf(server)).toEqual([]);
  });

  test('loses the permission to read one channel loses that subscription only, and without write permission still reads', async () => {
    await using started = await startAsAlice();
    const { api, server } = started;
    await using client = connect(api.url);
    const open = (...channels: string[]) =>
      subscribe(
        client,
        `subscription ($channels: [String!]!) {
          channelMessages(cluster: "orders", channels: $channels) { messages { payload } gap { reason } }
        }`,
        { channels },
      );
    await using kept = open('open.a', 'open.b');
    await using lost = open('secret');
    const lostToo = open('open.a', 'secret');
    await using _ = lostToo;
    await eventually(async () => {
      const counts = String(await server.command('PUBSUB', 'NUMSUB', 'open.a', 'open.b', 'secret'));
      expect(counts).toBe('open.a,1,open.b,1,secret,1');
    });
    await server.command('ACL', 'SETUSER', 'alice', 'resetchannels', '&open.*', '-set');
    for (const { ended } of [lost, lostToo]) await expect(ended).rejects.toThrow('PERMISSION_DENIED');
    await server.command('PUBLISH', 'open.a', 'x');
    await eventually(() => expect(JSON.stringify(kept.results)).toContain('"payload":"x"'));
    const gaps = kept.results.flatMap((result) => result.data!['channelMessages'].gap ?? []);
    expect(gaps).toEqual([{ reason: 'RECONNECTED' }]);

    const { setString } = await data(api.url, set(1).query, set(1).variables);
    expect(setString.userErrors).toMatchObject([{ code: 'PERMISSION_DENIED' }]);
    await data(api.url, '{ cluster(name: "orders") { key(name: "k") { type } } }');
  });
});
