import type { DocumentNode } from 'graphql';
import { isPromiseLike, whenKnown, type MaybePromise } from '../execution/maybe-promise.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { serialiseResult } from '../execution/serialise.js';

/** A subscription as it is shared by everybody who asked for the same: executed and serialised once per event. */
export interface SharedOperation {
  /** The result for an event as JSON. The same event object gives the same bytes, at once where they are made already. */
  render(this: void, event: object): MaybePromise<Buffer>;
}

/** Finds the shared form of an operation by its text, name and variables. */
export type SharedOperations = (operation: PreparedOperation) => SharedOperation;

/** The registry of one server. An entry lives as long as a subscriber holds it. */
export function createSharedOperations(): SharedOperations {
  const byDocument = new WeakMap<DocumentNode, Map<string, WeakRef<SharedOperation>>>();
  return (operation) => {
    const { document, operationName, variables } = operation;
    const alike = byDocument.get(document) ?? new Map<string, WeakRef<SharedOperation>>();
    byDocument.set(document, alike);
    const key = JSON.stringify([operationName, variables]);
    const standing = alike.get(key)?.deref();
    if (standing) return standing;
    const shared = shareOperation(operation);
    alike.set(key, new WeakRef(shared));
    abandoned.register(shared, () => {
      if (!alike.get(key)?.deref()) alike.delete(key);
    });
    return shared;
  };
}

/** Forgets the keys of operations that nobody holds any more: variables may differ without end. */
const abandoned = new FinalizationRegistry((forget: () => void) => forget());

function shareOperation(operation: PreparedOperation): SharedOperation {
  const rendered = new WeakMap<object, MaybePromise<Buffer>>();
  return {
    render(event) {
      const standing = rendered.get(event);
      if (standing) return standing;
      const result = whenKnown(operation.execute(event), serialiseResult);
      rendered.set(event, result);
      if (isPromiseLike(result)) {
        result.then(
          (known) => rendered.set(event, known),
          () => undefined, // Every subscriber's delivery sees the rejection itself.
        );
      }
      return result;
    },
  };
}
