import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

// Before the processes that run the tests start: they inherit it. Without this version, the run fails.
process.env['CACHEGRAPH_VALKEY_VERSION'] = '9';

/** The tests of the data plane on Valkey 9: a script of their own, since no release of Debian has its packages for long. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: [
        'test/integration/valkey-helper.test.ts',
        'test/integration/datasources/{valkey,realtime}/**/*.test.ts',
        'test/integration/runtime/**/*.test.ts',
        'test/integration/schema/**/*.test.ts',
      ],
      // The control plane's.
      exclude: ['test/integration/schema/{control-plane-on-valkey,status-reason}.test.ts'],
    },
  }),
);
