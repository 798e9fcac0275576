import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { requiredPermissions } from '../../../src/schema/shared/required-permissions.js';
import {
  accessOf,
  isDecidedByWhatIsFound,
  objectTypes,
  possibleTypes,
  rootsOf,
  scopeOf,
} from '../../helpers/schema-access.js';

const roots = rootsOf(schema);
const others = objectTypes(schema).filter((type) => !roots.includes(type));

describe('Each root field', () => {
  const fields = roots.flatMap((root) => Object.values(root.getFields()).map((field) => ({ root, field })));

  test.each(fields.map((each) => [`${each.root.name}.${each.field.name}`, each] as const))('%s', (name, { field }) => {
    const isDeclared = scopeOf(field) !== undefined || isDecidedByWhatIsFound(field);
    const toDo =
      `${name} asks nothing of who calls it. Give it \`authScopes: { may: 'noun:action' }\`, and have its resolver call ` +
      '`requirePermission` for the very thing; or, where what the caller may not see is not found, `extensions: guardedByResolver`.';
    expect(isDeclared, toDo).toBe(true);
  });
});

describe('Each object type says how it is reached', () => {
  test.each(others.map((type) => [type.name, type] as const))('%s', (name, type) => {
    const toDo =
      `Nothing says who may hold a ${name}. Give it \`extensions: guardedByParent('noun:action')\` with what every field that ` +
      'leads to it asks for (see src/schema/shared/scopes.ts); `guardedByParent()` where all may see it.';
    expect(accessOf(schema, type), toDo).toBeDefined();
  });
});

describe('No field leads past what the type behind it is reached with', () => {
  const ways = objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      possibleTypes(schema, field).map((target) => ({ type, field, target })),
    ),
  );

  test.each(ways.map((way) => [`${way.type.name}.${way.field.name} to ${way.target.name}`, way] as const))(
    '%s',
    (name, { type, field, target }) => {
      // The resolvers of these ask when it is known what was found.
      if (isDecidedByWhatIsFound(field)) return;
      const wanted = accessOf(schema, target);
      if (!wanted || 'requiresPermission' in wanted || wanted.guardedByParent.length === 0) return;
      const asked = requiredPermissions(type, field);
      const before = accessOf(schema, type);
      const isWithin =
        asked.some((operation) => wanted.guardedByParent.includes(operation)) ||
        (before !== undefined &&
          'guardedByParent' in before &&
          before.guardedByParent.length > 0 &&
          before.guardedByParent.every((operation) => wanted.guardedByParent.includes(operation)));
      const toDo =
        `${name}: this asks for ${asked.join() || 'nothing'}, and a ${target.name} is reached with ${wanted.guardedByParent.join(' or ')} ` +
        "only. Give the field `authScopes: { may: 'noun:action' }`, and have its resolver call `requirePermission` for the very thing.";
      expect(isWithin, toDo).toBe(true);
    },
  );
});

test('what each field asks is as it was reviewed: `vitest -u` renews the table, whose diff is to be read', async () => {
  const lines = objectTypes(schema).flatMap((type) => {
    const fields = Object.values(type.getFields()).map((field) => ({
      name: field.name,
      asks:
        roots.includes(type) && isDecidedByWhatIsFound(field)
          ? ['(by what is found)']
          : requiredPermissions(type, field),
    }));
    const access = accessOf(schema, type);
    const reached =
      access && 'guardedByParent' in access ? ` reached with ${access.guardedByParent.join(' or ') || 'nothing'}` : '';
    const asking = fields.filter(({ asks }) => asks.length > 0);
    const rest = fields.filter(({ asks }) => asks.length === 0).map(({ name }) => name);
    return [
      `${type.name}${reached}`,
      ...asking.map(({ name, asks }) => `  ${name}: ${asks.join(' and ')}`),
      ...(rest.length > 0 ? [`  no more: ${rest.join(' ')}`] : []),
      '',
    ];
  });
  await expect(lines.join('\n')).toMatchFileSnapshot('access-table.txt');
});
