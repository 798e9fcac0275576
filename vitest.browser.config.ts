import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Tests in Chromium: a script of their own, since they need a program that `npm ci` does not bring. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: ['test/browser/**/*.test.ts'],
      testTimeout: 120_000,
      globalSetup: ['test/helpers/browser/build-live-page.ts'],
    },
  }),
);
