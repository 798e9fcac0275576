import { BREAK, visit, type DocumentNode, type ExecutionResult, type GraphQLError } from 'graphql';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { MaybePromise } from '../runtime/maybe-promise.js';

export type Variables = Readonly<Record<string, unknown>>;

/** Runs a compiled operation. */
export type Run = (rootValue: unknown, contextValue: unknown, variables: Variables) => MaybePromise<ExecutionResult>;

/** Returns undefined for an operation that compiled code would answer differently. */
export type Compile = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
) => Run | undefined;

/**
 * graphql-jit, which compiles an operation to JavaScript. It runs several times as fast as graphql-js
 * (docs/decisions/compiled-queries.md). It is loaded when it is first needed: loading takes a third of the server's start.
 *
 * Relies on these differences between graphql-jit 0.8 and graphql-js, of which graphql-jit documents only a part:
 * - It orders a field by its first place in the document, also if a directive skips it there and it is selected again later.
 * - It loses a field whose response name is `__proto__`.
 * - It words and orders errors in its own way, and reports some that graphql-js does not; so the caller runs an operation whose
 *   compiled form has errors once more by graphql-js.
 * - Its errors have lines and columns, but not the positions that they follow from (`positionsOf`).
 */
export async function loadGraphqlJit(): Promise<Compile> {
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  return (schema, document, { name }) => {
    if (!isAnsweredAlike(document)) return undefined;
    const compiled = compileQuery(schema, document, name?.value);
    if (!isCompiledQuery(compiled)) return undefined;
    return (rootValue, contextValue, variables) => compiled.query(rootValue, contextValue, variables);
  };
}

function isAnsweredAlike(document: DocumentNode): boolean {
  let isAlike = true;
  const differs = (): typeof BREAK => {
    isAlike = false;
    return BREAK;
  };
  visit(document, {
    Directive: differs,
    Field: ({ name, alias }) => ((alias ?? name).value === '__proto__' ? differs() : undefined),
  });
  return isAlike;
}

/** The `positions` that graphql-js would give an error of compiled code, from its lines and columns in the document's text. */
export function positionsOf({ locations = [] }: GraphQLError, text: string): number[] {
  const lineStarts = [0, ...[...text.matchAll(/\r\n|[\n\r]/g)].map(({ 0: end, index }) => index + end.length)];
  return locations.map(({ line, column }) => (lineStarts[line - 1] ?? 0) + column - 1);
}
