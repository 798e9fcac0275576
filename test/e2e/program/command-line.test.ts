import { once } from 'node:events';
import { access, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { printSchema } from '../../../src/schema/print.js';
import { processesIn, runCommand, runInShell, temporaryFolder } from '../../helpers/apis/command.js';
import { readPage } from '../../helpers/run/documentation.js';
import { eventually } from '../../helpers/run/eventually.js';
import { fillDisk } from '../../helpers/elasticache/full-disk.js';
import { connect, data, post, subscribe } from '../../helpers/clients/graphql-client.js';

const freePorts = ['--port', '0', '--elasticache-port', '0'];
const apiUrl = /(http:\S+\/graphql)/;

/** A cluster of two nodes, available. */
async function createCluster(url: string): Promise<void> {
  await using client = connect(url);
  await using changes = subscribe(client, 'subscription { clusterChanges(cluster: "kept") { cluster { status } } }');
  await data(url, 'mutation { createCluster(input: { name: "kept" }) { userErrors { message } } }');
  while ((await changes.next()).data!['clusterChanges'].cluster.status !== 'AVAILABLE');
}

describe('cachegraph dev', () => {
  test('keeps state and data over SIGKILL, and leaves no process behind', { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    {
      await using command = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
      const url = (await command.says(apiUrl))[1]!;
      await createCluster(url);
      const set =
        'mutation { setString(input: { cluster: "kept", key: "k", value: "v" }) { applied userErrors { message } } }';
      expect((await data(url, set)).setString).toEqual({ applied: true, userErrors: [] });
      expect(await processesIn(folder.path)).toHaveLength(2);
      command.child.kill('SIGKILL');
      await command.ended;
      await eventually(async () => expect(await processesIn(folder.path)).toEqual([]));
    }
    await using command = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
    const url = (await command.says(apiUrl))[1]!;
    await eventually(async () => {
      const query = '{ cluster(name: "kept") { status key(name: "k") { ... on StringKey { value } } } }';
      expect((await data(url, query)).cluster).toEqual({ status: 'AVAILABLE', key: { value: 'v' } });
    });
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(await processesIn(folder.path)).toEqual([]);
  });

  test('reports which port is in use, by which process, and how to choose another', async () => {
    await using folder = await temporaryFolder();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      for (const [flag, variable] of [
        ['--port', 'PORT'],
        ['--elasticache-port', 'CACHEGRAPH_ELASTICACHE_PORT'],
      ] as const) {
        await using command = runCommand(['dev', '--data-dir', folder.path, ...freePorts, flag, String(port)]);
        expect(await command.ended).toBe(1);
        expect(command.output()).toContain(`Port ${port} on 127.0.0.1 is in use by`);
        expect(command.output()).toContain(`process ${process.pid}`);
        expect(command.output()).toContain(`${flag} ${port + 1} or ${variable}=${port + 1}`);
      }
    } finally {
      server.close();
    }
  });

  test('refuses a data directory in use, and takes over one whose owner was killed', async () => {
    await using folder = await temporaryFolder();
    await using first = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
    await first.says(apiUrl);
    await using second = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`in use by process ${first.child.pid!}`);
    first.child.kill('SIGKILL');
    await first.ended;
    await using third = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
    await third.says(apiUrl);
  });

  test('makes git ignore its data directory, but no directory with other files', async () => {
    await using folder = await temporaryFolder();
    await using others = await temporaryFolder();
    await writeFile(join(others.path, 'README.md'), 'mine');
    for (const { path } of [folder, others]) {
      await using command = runCommand(['dev', '--data-dir', path, ...freePorts]);
      await command.says(apiUrl);
    }
    expect(await readFile(join(folder.path, '.gitignore'), 'utf8')).toBe('*\n');
    expect(await readdir(others.path)).not.toContain('.gitignore');
  });

  test.each([
    {
      title: 'a full disk',
      prepare: (path: string) => fillDisk(join(path, 'elasticache.json')),
      reason: 'The disk is full (ENOSPC)',
    },
    {
      title: 'a file in place of the directory',
      prepare: async (path: string) => {
        await rm(path, { recursive: true });
        await writeFile(path, '');
      },
      reason: 'EEXIST',
    },
  ])('explains that the data directory cannot be used: $title', async ({ prepare, reason }) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'data');
    await mkdir(path);
    await prepare(path);
    await using command = runCommand(['dev', '--data-dir', path, ...freePorts]);
    expect(await command.ended).toBe(1);
    expect(command.output()).toContain(`The data directory ${path} cannot be used.`);
    expect(command.output()).toContain(reason);
    expect(command.output()).not.toMatch(/\n\s+at /);
  });

  test('says how to fix a broken state file, and reset fixes it', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'elasticache.json'), '{"version": 1, "groups"');
    await using broken = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
    expect(await broken.ended).toBe(1);
    expect(broken.output()).toContain(join(folder.path, 'elasticache.json'));
    expect(broken.output()).toContain('cachegraph reset');
    expect(broken.output()).not.toMatch(/\n\s+at /);
    await using reset = runCommand(['reset', '--data-dir', folder.path]);
    expect(await reset.ended).toBe(0);
    await using mended = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
    await mended.says(apiUrl);
  });
});

test.each([
  ['an invalid port', ['dev', '--port', 'abc'], {}, /--port: .*number.*"abc"/],
  ['a variable out of range', ['dev'], { PORT: '70000' }, /PORT: .*65535.*70000/],
  ['an invalid log level', ['dev'], { LOG_LEVEL: 'loud' }, /LOG_LEVEL: .*"loud"/],
  ['an address that other machines can reach', ['dev', '--host', '0.0.0.0'], {}, /0\.0\.0\.0.*--insecure/],
  ['a missing configuration file', ['serve', '--config', '/nowhere.json'], {}, /\/nowhere\.json cannot be read/],
  ['an unknown command', ['sevre'], {}, /unknown command/],
])('%s stops the start and says what was expected', async (_, args, env, message) => {
  await using command = runCommand(args, env);
  expect(await command.ended).toBe(1);
  expect(command.output()).toMatch(message);
  expect(command.output()).not.toMatch(/\n\s+at /);
});

/** Node.js passes text only to processes: a shell makes the byte E9 of Latin-1 from its octal escape. */
test.each([
  ['a flag', 'exec "$@" dev --history "$LATIN"', '--history'],
  ['a flag with its value', 'exec "$@" reset --data-dir="$LATIN"', '--data-dir'],
  ['an argument without a flag', 'exec "$@" access-check "$LATIN"', 'Argument 2'],
  ['a variable', 'CACHEGRAPH_PRESENCE="$LATIN" exec "$@" dev', 'CACHEGRAPH_PRESENCE'],
])('%s that is not UTF-8 stops the start and is named', async (_, line, name) => {
  await using command = runInShell(`LATIN=$(printf 'h\\351*'); ${line}`);
  expect(await command.ended).toBe(1);
  expect(command.output()).toContain(`\n  ${name} is not valid UTF-8`);
  expect(command.output()).not.toContain('\uFFFD');
});

test.each([
  ['without GraphiQL by default', [], 400],
  ['with GraphiQL if requested', ['--graphiql'], 200],
])('cachegraph serve runs the API %s', async (_, flags, status) => {
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'cachegraph.json');
  await writeFile(config, JSON.stringify({ elasticache: false }));
  await using command = runCommand(['serve', '--config', config, '--port', '0', ...flags]);
  const url = (await command.says(apiUrl))[1]!;
  const page = await fetch(url, { headers: { accept: 'text/html,*/*;q=0.8' } });
  expect(page.status).toBe(status);
  await page.body!.cancel();
  // A query that graphql-armor accepts with its defaults.
  const query = '{ cluster(name: "a") { keys(first: 5000000) { nodes { name } } } }';
  expect(await post(url, query)).toMatchObject({ errors: [{ extensions: { limit: 'maxCost' } }] });
});

test('cachegraph dev serves GraphiQL if a flag requests it, whatever its file says', async () => {
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'cachegraph.json');
  await writeFile(config, JSON.stringify({ graphiql: false }));
  for (const [flags, status] of [[[], 400] as const, [['--graphiql'], 200] as const]) {
    await using command = runCommand(['dev', '--config', config, '--data-dir', folder.path, ...freePorts, ...flags]);
    const url = (await command.says(apiUrl))[1]!;
    const page = await fetch(url, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.status).toBe(status);
    await page.body!.cancel();
  }
});

test('cachegraph dev accepts exactly the flags that the documentation lists', async () => {
  const listed = [...readPage('docs/configuration.md').matchAll(/^\| `(--[a-z-]+)` /gm)].map(([, flag]) => flag!);
  expect(listed.length).toBeGreaterThan(10);
  await using command = runCommand(['dev', '--help']);
  expect(await command.ended).toBe(0);
  const known = [...command.output().matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag!);
  expect(known.filter((flag) => flag !== '--help').sort()).toEqual(listed.sort());
});

test('cachegraph schema prints the schema', async () => {
  await using command = runCommand(['schema']);
  expect(await command.ended).toBe(0);
  expect(command.output()).toBe(printSchema());
});

test('cachegraph elasticache runs the endpoint alone', async () => {
  await using folder = await temporaryFolder();
  await using command = runCommand(['elasticache', '--data-dir', folder.path, '--elasticache-port', '0']);
  const url = (await command.says(/(http:\S+)/))[1]!;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  command.child.kill('SIGINT');
  expect(await command.ended).toBe(0);
});

describe('a shutdown signal to cachegraph', () => {
  test.each(['dev', 'elasticache', 'serve'])('at the moment when %s starts to listen ends it cleanly', async (name) => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'cachegraph.json');
    await writeFile(config, JSON.stringify({ elasticache: name !== 'serve' }));
    const ports = name === 'serve' ? ['--port', '0'] : name === 'dev' ? freePorts : freePorts.slice(2);
    const data = name === 'serve' ? [] : ['--data-dir', folder.path];
    // Connections are accepted from here on; no earlier moment is possible.
    const preload = `import { Server } from 'node:net';
        const { listen } = Server.prototype;
        let isTold = false;
        Server.prototype.listen = function (...args) {
          // A second signal would end it at once.
          this.once('listening', () => { if (!isTold) process.kill(process.pid, 'SIGTERM'); isTold = true; });
          return listen.apply(this, args);
        };`;
    const options = `--import=data:text/javascript,${encodeURIComponent(preload)}`;
    await using command = runCommand([name, '--config', config, ...ports, ...data], { NODE_OPTIONS: options });
    expect(await command.ended).toBe(0);
    expect(await processesIn(folder.path)).toEqual([]);
    await expect(access(join(folder.path, 'lock'))).rejects.toThrow('ENOENT');
  });

  test('during the start aborts it and unlocks the data directory', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'data');
    const server = join(folder.path, 'valkey-server');
    await writeFile(server, '#!/bin/sh\nkill -TERM $PPID\necho "Valkey server v=8.0.1"\n');
    await chmod(server, 0o700);
    const env = { CACHEGRAPH_VALKEY_SERVER: server };
    await using command = runCommand(['dev', '--data-dir', path, ...freePorts], env);
    expect(await command.ended).toBe(0);
    expect(command.output()).not.toContain('ready');
    expect(await readdir(path)).toEqual([]);
  });

  /** The API alone, with a client that never answers, so that it drains until the timeout. */
  const startWithStubbornClient = async (configuration: object) => {
    const folder = await temporaryFolder();
    const config = join(folder.path, 'cachegraph.json');
    await writeFile(config, JSON.stringify({ elasticache: false, ...configuration }));
    const command = runCommand(['serve', '--config', config, '--port', '0']);
    const url = (await command.says(apiUrl))[1]!;
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.on('error', () => undefined);
    socket.pause();
    return {
      command,
      async [Symbol.asyncDispose]() {
        socket.terminate();
        await command[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  };

  test('ends it in time although a client never answers', async () => {
    await using started = await startWithStubbornClient({ limits: { drainTimeoutMs: 500 } });
    started.command.child.kill('SIGTERM');
    // 1 if it had to be aborted.
    expect(await started.command.ended).toBe(0);
  });

  test('a second time ends it at once', async () => {
    await using started = await startWithStubbornClient({ limits: { drainTimeoutMs: 600_000 } });
    started.command.child.kill('SIGTERM');
    await started.command.says(/stopping/);
    started.command.child.kill('SIGTERM');
    expect(await started.command.ended).toBe(130);
  });
});
