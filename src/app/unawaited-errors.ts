/**
 * Keeps one kind of rejection that nobody awaits from ending the process. If an item of a list throws, graphql-js gives up the list while
 * fields of other items are still being resolved. If a non-null one of them fails later, its error belongs to no result any more: the
 * specification allows to discard it, but Node.js would end the process, with the requests of all other callers. Every other rejection
 * ends it as before, because it is a defect.
 */
export function discardUnawaitedFieldErrors(): void {
  process.on('unhandledRejection', (reason) => {
    // Not by `instanceof`: this runs before graphql is loaded.
    if (!(reason instanceof Error) || reason.name !== 'GraphQLError') throw reason;
  });
}
