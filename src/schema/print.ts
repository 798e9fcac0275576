import { lexicographicSortSchema, printSchema as print } from 'graphql';
import { schema } from './schema.js';

/** The schema as sorted SDL, the text of `schema.graphql`. */
export function printSchema(): string {
  return `${print(lexicographicSortSchema(schema))}\n`;
}
