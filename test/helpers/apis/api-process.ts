import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, temporaryFolder, type RunningCommand } from './command.js';
import type { TestValkey } from '../valkey/valkey.js';

/** `cachegraph serve` as a process, with one cluster `orders`. */
export interface ApiProcess extends AsyncDisposable {
  /** The URL of the GraphQL endpoint. */
  readonly url: string;
  readonly command: RunningCommand;
}

export async function startApiProcess({ host, port }: Pick<TestValkey, 'host' | 'port'>): Promise<ApiProcess> {
  const folder = await temporaryFolder();
  const config = join(folder.path, 'cachegraph.json');
  const clusters = [{ name: 'orders', endpoint: { host, port } }];
  await writeFile(config, JSON.stringify({ elasticache: false, clusters }));
  const command = runCommand(['serve', '--config', config, '--port', '0']);
  const dispose = async (): Promise<void> => {
    await command[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  try {
    const [, url = ''] = await command.says(/(http:\S+\/graphql)/);
    return { url, command, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
