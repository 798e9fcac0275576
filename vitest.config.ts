import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take graphql's `module` entry where the libraries that Node loads take its `main`: two copies of one
  // package, whose errors and types do not know each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/{unit,integration,e2e}/**/*.test.ts'],
    // Integration and e2e tests start real Valkey processes; on two cores more workers only make each of them slower.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['test/helpers/run/global-setup.ts'],
    // Only by `npm run coverage`. Processes that tests start are not counted.
    coverage: { include: ['src/**'], reporter: ['text-summary', 'html'] },
  },
});
