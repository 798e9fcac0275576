import { provideValkey } from '../../src/local-elasticache/nodes/binary/provide.js';

/** Runs once before all tests: a fresh machine fetches Valkey here, so that no test pays for it or does so twice at once. */
export default async function setup(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  await provideValkey({ onProgress: (line) => process.stderr.write(`${line}\n`) });
}
