import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Tests by the AWS CLI and boto3: a script of their own, since they need programs that `npm ci` does not bring. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({ test: { include: ['test/clients/**/*.test.ts'], testTimeout: 600_000 } }),
);
