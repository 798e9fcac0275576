import type { Access } from '../../domain/access/access.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import type { Permission } from '../../domain/access/permissions.js';

/**
 * How the fields of an object type are protected. Root fields, and fields that lead from one noun to another, check a permission by
 * the scope `may`. Other fields check nothing, because a wrapper around every resolver would cost more than the resolver:
 *
 * - every path to the object requires one of the permissions in `guardedByParent`, or
 * - the object itself throws if a caller without the permission reads anything but its `open` fields: see `visibleCluster`.
 */
type TypeAccess =
  | { readonly guardedByParent: readonly Permission[] }
  | { readonly requiresPermission: Permission; readonly open: readonly string[] };

/** A test requires every object type to declare one. */
type Declared = Readonly<Record<typeof mark, TypeAccess>>;

const mark = 'access';

/** The `extensions` of an object type that is reached with any one of these permissions; with none given, by every caller. */
export function guardedByParent(...permissions: readonly Permission[]): Declared {
  return { [mark]: { guardedByParent: permissions } };
}

/** The `extensions` of an object type that itself requires a permission for all fields but the open ones and those with a scope. */
export function requiresPermission(permission: Permission, open: readonly string[]): Declared {
  return { [mark]: { requiresPermission: permission, open } };
}

/**
 * The `extensions` of a field that requires no permission to be selected. Its resolver leaves out objects that the caller may not see,
 * answers null for them, or checks the permission once it knows which object was found.
 */
export const guardedByResolver = { [mark]: 'guarded by the resolver' } as const;

/**
 * The answer of the scope `may`: true if the caller has each permission for at least one resource.
 * @throws Outage FORBIDDEN, which names the missing permission; returning false would make Pothos throw an error that does not
 */
export function requireEach(access: Access, required: Permission | readonly Permission[]): true {
  for (const permission of typeof required === 'string' ? [required] : required) {
    if (!access.may(permission)) throw permissionDenied(permission);
  }
  return true;
}
