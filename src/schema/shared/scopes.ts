import type { Access } from '../../domain/access/access.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import type { Permission } from '../../domain/access/permissions.js';

/**
 * What the fields of an object type ask of the caller. Root fields, and those that lead from one noun to another, ask by the scope
 * `may`; a wrapper around every other field would cost more than the field. They ask nothing themselves, because:
 *
 * - whoever holds the object was asked for one of the operations `guardedByParent`, or
 * - the object refuses all but its `open` fields to who lacks an operation: see `visibleCluster`.
 */
type TypeAccess =
  | { readonly guardedByParent: readonly Permission[] }
  | { readonly requiresPermission: Permission; readonly open: readonly string[] };

/** Declares it, for the test that wants every type to. */
type Declared = Readonly<Record<typeof mark, TypeAccess>>;

const mark = 'access';

/** As the `extensions` of an object type: of these operations one was asked for before; of none, where all may see it. */
export function guardedByParent(...operations: readonly Permission[]): Declared {
  return { [mark]: { guardedByParent: operations } };
}

/** As the `extensions` of an object type: the object itself asks, for all fields but the open ones and those with a scope. */
export function requiresPermission(permission: Permission, open: readonly string[]): Declared {
  return { [mark]: { requiresPermission: permission, open } };
}

/**
 * As the `extensions` of a root field: it asks for no operation. What the caller may not see is not found, so that there is
 * nothing to refuse; or the thing asks when it is known what it is.
 */
export const guardedByResolver = { [mark]: 'guarded by the resolver' } as const;

/**
 * The answer of the scope `may`: true where the caller has a grant of each operation, on whatever it may be.
 * @throws Outage FORBIDDEN, which says what is wanted; a scope that is merely false would not
 */
export function requireEach(access: Access, wanted: Permission | readonly Permission[]): true {
  for (const operation of typeof wanted === 'string' ? [wanted] : wanted) {
    if (!access.may(operation)) throw permissionDenied(operation);
  }
  return true;
}
