import { GraphQLSchema, isObjectType, lexicographicSortSchema, parse, printSchema as print, visit } from 'graphql';
import { schema } from './schema.js';
import { requiredPermissions, requiresPermissionDirective } from './shared/required-permissions.js';

/** The schema as sorted SDL, the text of `schema.graphql`: with `@requiresPermission` on the fields that require one. */
export function printSchema(): string {
  const directives = [...schema.getDirectives(), requiresPermissionDirective];
  const printed = print(lexicographicSortSchema(new GraphQLSchema({ ...schema.toConfig(), directives })));
  return `${withRequiredPermissions(printed)}\n`;
}

/** graphql's printer omits applied directives. They are inserted after the fields of its text, whose layout is kept. */
function withRequiredPermissions(sdl: string): string {
  const parts: string[] = [];
  let printedTo = 0;
  visit(parse(sdl), {
    ObjectTypeDefinition({ name, fields = [] }) {
      const type = schema.getType(name.value);
      if (!isObjectType(type)) return;
      for (const node of fields) {
        const field = type.getFields()[node.name.value];
        const required = field ? requiredPermissions(type, field) : [];
        if (required.length === 0 || !node.loc) continue;
        const list = required.map((permission) => `"${permission}"`).join(', ');
        parts.push(sdl.slice(printedTo, node.loc.end), ` @requiresPermission(permissions: [${list}])`);
        printedTo = node.loc.end;
      }
    },
  });
  return [...parts, sdl.slice(printedTo)].join('');
}
