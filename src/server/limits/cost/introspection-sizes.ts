import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/**
 * The lengths of introspection's lists, by `Type.field`. The lists of a type have the average length in this schema, because
 * introspection lists all types together.
 */
export function createIntrospectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const perType = (count: (type: GraphQLNamedType) => number): number =>
    mean(
      types.reduce((total, type) => total + count(type), 0),
      types.length,
    );
  return new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Type.fields', mean(fields.length, types.length)],
    ['__Type.interfaces', perType((type) => ('getInterfaces' in type ? type.getInterfaces().length : 0))],
    [
      '__Type.possibleTypes',
      perType((type) => (isUnionType(type) || isInterfaceType(type) ? schema.getPossibleTypes(type).length : 0)),
    ],
    ['__Type.enumValues', perType((type) => (isEnumType(type) ? type.getValues().length : 0))],
    ['__Type.inputFields', perType((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0))],
    [
      '__Field.args',
      mean(
        fields.reduce((total, { args }) => total + args.length, 0),
        fields.length,
      ),
    ],
    [
      '__Directive.args',
      mean(
        directives.reduce((total, { args }) => total + args.length, 0),
        directives.length,
      ),
    ],
  ]);
}

function mean(total: number, count: number): number {
  return count === 0 ? 0 : total / count;
}
