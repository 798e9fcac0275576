import * as nodeModule from 'node:module';

/**
 * Makes Node.js 22.1 and later cache compiled code in this folder for the next start. Not in the default folder below
 * the system's temporary one: another user of the machine could create it first and put other code into it. If the
 * folder is not writable, nothing is cached.
 */
export function enableCompileCache(folder: string): void {
  const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache');
  if (typeof enable === 'function') Reflect.apply(enable, undefined, [folder]);
}
