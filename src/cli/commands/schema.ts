import { printSchema as sdl } from '../../schema/print.js';

/** Prints the SDL, as in schema.graphql. */
export function printSchema(): Promise<void> {
  return new Promise((resolve) => process.stdout.write(sdl(), () => resolve()));
}
