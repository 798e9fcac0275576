import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import type { TestProject } from 'vitest/node';
import { buildPrograms, rebuildPrograms } from './build-programs.js';
import { beginWritten, findSecrets } from './written.js';

/**
 * Runs once before all tests. Fetches Valkey on a fresh machine, so that no test does, and builds the programs that tests start.
 * At the end, fails the run if a secret of a test is in anything that the product wrote.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const programs = await mkdtemp(join(tmpdir(), 'cachegraph-programs-'));
  await Promise.all([
    resolveValkey({ onProgress: (line) => process.stderr.write(`${line}\n`) }),
    buildPrograms(programs),
  ]);
  project.onTestsRerun(() => rebuildPrograms(programs));
  const written = await mkdtemp(join(tmpdir(), 'cachegraph-written-'));
  beginWritten(written);
  return async () => {
    const found = findSecrets(written);
    for (const folder of [written, programs]) await rm(folder, { recursive: true, force: true });
    if (found.length === 0) return;
    // vitest only prints errors thrown here.
    process.exitCode = 1;
    throw new Error(`Secrets were written:\n${found.slice(0, 20).join('\n')}`);
  };
}
