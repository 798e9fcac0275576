import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** How long the lists of introspection are, by `Type.field`: of the types of this schema on the average, as all are told together. */
export function createIntrospectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const perType = (count: (type: GraphQLNamedType) => number): number =>
    mean(
      types.reduce((all, type) => all + count(type), 0),
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
        fields.reduce((all, { args }) => all + args.length, 0),
        fields.length,
      ),
    ],
    [
      '__Directive.args',
      mean(
        directives.reduce((all, { args }) => all + args.length, 0),
        directives.length,
      ),
    ],
  ]);
}

function mean(all: number, of: number): number {
  return of === 0 ? 0 : all / of;
}
