import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLayout, writeLayout } from '../../../../src/local-elasticache/nodes/group/layout.js';
import { groupSpec, startFleet } from '../../../helpers/elasticache/fleet.js';

const layout = { nodes: { 'orders-001': { port: 21_001 } }, primaries: { '0001': 'orders-001' } };
let directory: string;
const file = () => join(directory, 'group.json');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cachegraph-layout-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('the file of a group', () => {
  it('has the version of its format, and is read without one', async () => {
    await writeLayout(directory, layout);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ version: 1, ...layout });
    expect(await readLayout(directory)).toEqual(layout);
    await writeFile(file(), JSON.stringify(layout));
    expect(await readLayout(directory)).toEqual(layout);
  });

  it('of a newer version is refused with a remedy, and stays unchanged', async () => {
    const newer = JSON.stringify({ version: 2, ...layout, more: true });
    await writeFile(file(), newer);
    const refused = readLayout(directory);
    await expect(refused).rejects.toThrow(
      /written by a newer version of cachegraph: it has the format 2.*Nothing was changed/,
    );
    await expect(refused).rejects.not.toThrow(/Delete/);
    expect(await readFile(file(), 'utf8')).toBe(newer);
  });

  it('of a newer version keeps its group from starting', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    await group.close();
    const written = join(fleet.dataDir, 'nodes', 'orders', 'group.json');
    const newer = JSON.stringify({ ...(JSON.parse(await readFile(written, 'utf8')) as object), version: 2 });
    await writeFile(written, newer);
    await expect(fleet.start(groupSpec({}))).rejects.toThrow('newer version');
    expect(await readFile(written, 'utf8')).toBe(newer);
  });
});
