import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, temporaryFolder } from '../../helpers/apis/command.js';
import { copyEarlierDataDir, earlierDataDirs } from '../../helpers/elasticache/earlier-data-dir.js';
import { eventually } from '../../helpers/run/eventually.js';
import { data } from '../../helpers/clients/graphql-client.js';

const freePorts = ['--port', '0', '--elasticache-port', '0'];
/** The folders contain a password of the documentation. */
const password = 'correct-horse-battery-staple';
const apiUrl = /(http:\S+\/graphql)/;

test.each(earlierDataDirs)('%s of an earlier version opens with its data', { timeout: 60_000 }, async (name) => {
  await using folder = await temporaryFolder();
  await copyEarlierDataDir(name, folder.path);
  await using command = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
  const url = (await command.says(apiUrl))[1]!;
  await eventually(async () => {
    const { clusters } = await data(url, '{ clusters { nodes { name status } } }');
    expect(clusters.nodes).toEqual(
      ['guarded', 'plain', 'sharded'].map((cluster) => ({ name: cluster, status: 'AVAILABLE' })),
    );
  });
  const connect = `mutation { connectCluster(input: { cluster: "guarded", username: "writer", password: "${password}" }) { userErrors { message } } }`;
  expect(await data(url, connect)).toEqual({ connectCluster: { userErrors: [] } });
  for (const cluster of ['guarded', 'plain', 'sharded']) {
    const query = `{ cluster(name: "${cluster}") {
      first: key(name: "first") { ... on StringKey { value } }
      second: key(name: "second") { ... on StringKey { value } }
    } }`;
    expect(await data(url, query)).toEqual({
      cluster: { first: { value: `kept in ${cluster}` }, second: { value: 'kept too' } },
    });
  }
  const plain =
    '{ cluster(name: "plain") { description shards { primary { name } } stream(name: "jobs") { length } } }';
  expect(await data(url, plain)).toEqual({
    cluster: { description: 'kept', shards: [{ primary: { name: 'plain-002' } }], stream: { length: 1 } },
  });
});

test('a folder of a newer version is refused with an explanation, and stays unchanged', async () => {
  await using folder = await temporaryFolder();
  await copyEarlierDataDir('data-dir-1', folder.path);
  const file = join(folder.path, 'elasticache.json');
  const newer = (await readFile(file, 'utf8')).replace('"version": 1', '"version": 4');
  await writeFile(file, newer);
  const before = await readdir(folder.path, { recursive: true });
  await using command = runCommand(['dev', '--data-dir', folder.path, ...freePorts]);
  expect(await command.ended).toBe(1);
  expect(command.output()).toContain('was written by a newer version of cachegraph');
  expect(command.output()).not.toMatch(/\n\s+at /);
  expect(await readFile(file, 'utf8')).toBe(newer);
  expect(await readdir(folder.path, { recursive: true })).toEqual(before);
});
