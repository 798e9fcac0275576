import * as nodeModule from 'node:module';

/**
 * Has Node 22.1 and later keep compiled code in this folder for the next start. Not in Node's own folder, which is below the
 * system's temporary one: another user of the machine could make it first, and put other code there. Where the folder cannot be
 * written, nothing is kept.
 */
export function keepCompiledCode(folder: string): void {
  const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache');
  if (typeof enable === 'function') Reflect.apply(enable, undefined, [folder]);
}
