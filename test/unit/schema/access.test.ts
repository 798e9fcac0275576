import { isNonNullType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { requiredPermissions } from '../../../src/schema/shared/required-permissions.js';
import {
  accessOf,
  isGuardedByResolver,
  objectTypes,
  possibleTypes,
  rootsOf,
  scopeOf,
} from '../../helpers/schema/schema-access.js';

const roots = rootsOf(schema);
const others = objectTypes(schema).filter((type) => !roots.includes(type));

describe('Each root field checks a permission, or is guarded by its resolver', () => {
  const fields = roots.flatMap((root) => Object.values(root.getFields()).map((field) => ({ root, field })));

  test.each(fields.map((each) => [`${each.root.name}.${each.field.name}`, each] as const))('%s', (name, { field }) => {
    const isDeclared = scopeOf(field) !== undefined || isGuardedByResolver(field);
    const toDo =
      `${name} requires no permission. Give it \`authScopes: { may: 'noun:action' }\`, and call \`requirePermission\` in its ` +
      'resolver for the resource itself. If the resolver hides objects that the caller may not see, use `extensions: guardedByResolver`.';
    expect(isDeclared, toDo).toBe(true);
  });
});

describe('Each object type declares how it is protected', () => {
  test.each(others.map((type) => [type.name, type] as const))('%s', (name, type) => {
    const toDo =
      `${name} does not declare how it is protected. Give it \`extensions: guardedByParent('noun:action')\` with the permission that ` +
      'every field leading to it requires, or `guardedByParent()` if every caller may see it. See src/schema/shared/scopes.ts.';
    expect(accessOf(schema, type), toDo).toBeDefined();
  });
});

describe('Each field that leads to a guarded type requires one of the permissions that guard it', () => {
  const ways = objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      possibleTypes(schema, field).map((target) => ({ type, field, target })),
    ),
  );

  test.each(ways.map((way) => [`${way.type.name}.${way.field.name} to ${way.target.name}`, way] as const))(
    '%s',
    (name, { type, field, target }) => {
      // Their resolvers check the permission once they know the type of the object.
      if (isGuardedByResolver(field)) return;
      const guard = accessOf(schema, target);
      if (!guard || 'requiresPermission' in guard || guard.guardedByParent.length === 0) return;
      const required = requiredPermissions(type, field);
      const before = accessOf(schema, type);
      const isWithin =
        required.some((permission) => guard.guardedByParent.includes(permission)) ||
        (before !== undefined &&
          'guardedByParent' in before &&
          before.guardedByParent.length > 0 &&
          before.guardedByParent.every((permission) => guard.guardedByParent.includes(permission)));
      const toDo =
        `${name} requires ${required.join() || 'no permission'}, but ${target.name} is guarded by ${guard.guardedByParent.join(' or ')}. ` +
        "Give the field `authScopes: { may: 'noun:action' }`, and call `requirePermission` in its resolver for the resource itself.";
      expect(isWithin, toDo).toBe(true);
    },
  );
});

describe('A field of an object that checks a permission may be null, so that a caller without it still gets the object', () => {
  const checked = others.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      scopeOf(field) ? [{ name: `${type.name}.${field.name}`, field }] : [],
    ),
  );

  test.each(checked.map(({ name, field }) => [name, field] as const))('%s', (_, { type }) => {
    expect(isNonNullType(type)).toBe(false);
  });
});

test('the permissions of all fields are those of the reviewed table; `vitest -u` updates it, then review its diff', async () => {
  const lines = objectTypes(schema).flatMap((type) => {
    const fields = Object.values(type.getFields()).map((field) => ({
      name: field.name,
      requires: isGuardedByResolver(field) ? ['(guarded by its resolver)'] : requiredPermissions(type, field),
    }));
    const access = accessOf(schema, type);
    const guards =
      access && 'guardedByParent' in access ? `, guarded by ${access.guardedByParent.join(' or ') || 'nothing'}` : '';
    const requiring = fields.filter(({ requires }) => requires.length > 0);
    const rest = fields.filter(({ requires }) => requires.length === 0).map(({ name }) => name);
    return [
      `${type.name}${guards}`,
      ...requiring.map(({ name, requires }) => `  ${name}: ${requires.join(' and ')}`),
      ...(rest.length > 0 ? [`  nothing more: ${rest.join(' ')}`] : []),
      '',
    ];
  });
  await expect(lines.join('\n')).toMatchFileSnapshot('access-table.txt');
});
