import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** The environment variable with the folder of the built programs. */
export const programsFolder = 'CACHEGRAPH_TEST_PROGRAMS';

/** The scripts of `test/helpers/` that tests start as processes, without their extension. */
export const processScripts = [
  'apis/locking-process',
  'clients/curl-process',
  'clients/dropped-subscriptions-process',
  'elasticache/endpoint-process',
  'elasticache/fleet-process',
  'elasticache/mode-process',
  'elasticache/scaling-process',
  'elasticache/watching-process',
] as const;
export type ProcessScript = (typeof processScripts)[number];

/** The folder where `cachegraph` is as `npm run build` makes it and npm installs it; undefined outside of vitest. */
export function builtProgram(): { readonly folder: string; readonly main: string } | undefined {
  const folder = process.env[programsFolder];
  return folder === undefined ? undefined : { folder, main: join(folder, 'dist/main.js') };
}

/** The file of a script, for Node without a loader. */
export function builtScript(name: ProcessScript): string {
  return join(process.env[programsFolder]!, 'processes', `${name}.mjs`);
}

/** Starts a script with a channel to this process. */
export function startProcess(name: ProcessScript, args: readonly string[] = []): ChildProcess {
  return fork(builtScript(name), args, { execArgv: [] });
}
