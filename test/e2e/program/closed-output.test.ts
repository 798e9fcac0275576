import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts } from '../../../src/local-elasticache/nodes/process/ports.js';
import { runCommand, temporaryFolder } from '../../helpers/apis/command.js';
import { eventually } from '../../helpers/run/eventually.js';

test.each([
  { title: 'schema', args: () => ['schema'] },
  { title: '--help', args: () => ['--help'] },
  { title: '--version', args: () => ['--version'] },
  { title: 'api-key', args: () => ['api-key', 'ci'] },
  { title: 'access-check', args: (folder: string) => ['access-check', join(folder, 'access.json')] },
  { title: 'reset', args: (folder: string) => ['reset', '--data-dir', folder] },
])('cachegraph $title ends silently if its reader has gone', async ({ args }) => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'access.json'), JSON.stringify({ roles: {}, bindings: [] }));
  await using command = runCommand(args(folder.path), {}, { stdout: 'closed' });
  expect(await command.ended).toBe(0);
  expect(command.output()).toBe('');
});

test.each([
  { title: 'dev', path: '/health/live', args: (port: string) => ['--port', port, '--elasticache-port', '0'] },
  { title: 'elasticache', path: '/health', args: (port: string) => ['--elasticache-port', port] },
])('cachegraph $title continues if its reader has gone', async ({ title, path, args }) => {
  await using folder = await temporaryFolder();
  const [port] = await freePorts('127.0.0.1', 1);
  await using command = runCommand([title, '--data-dir', folder.path, ...args(String(port))], {}, { stdout: 'closed' });
  const answers = async () => expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  await eventually(answers);
  // It answers a moment before it handles signals.
  for (let times = 0; times < 50; times += 1) await answers();
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
  expect(command.output()).toBe('');
});

test('a full disk behind standard output is reported in one sentence', async () => {
  await using full = await open('/dev/full', 'w');
  await using command = runCommand(['schema'], {}, { stdout: full.fd });
  expect(await command.ended).toBe(1);
  expect(command.output()).toMatch(/^Standard output cannot be written: ENOSPC.*\n$/);
});

test('a full disk behind the log neither ends a server nor prevents its shutdown', async () => {
  await using folder = await temporaryFolder();
  await using full = await open('/dev/full', 'w');
  const args = ['elasticache', '--data-dir', folder.path, '--elasticache-port', '0', '--log-level', 'trace'];
  await using command = runCommand(args, {}, { stderr: full.fd });
  const url = (await command.says(/(http:\S+)/))[1]!;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
});
