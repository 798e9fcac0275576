import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';
import { readDecimal } from '../../domain/key/decimal.js';
import { readScore, writeScore } from '../../domain/key/score.js';
import { isStreamId } from '../../domain/realtime/stream-id.js';
import { builder } from '../builder.js';

/** Accepts all special IDs; the resolver checks which ones its argument allows. */
function parseStreamId(value: unknown): string {
  if (typeof value === 'string' && isStreamId(value)) return value;
  throw new GraphQLError('Expected a stream entry ID such as "1526919030474-55", or one of "$", "0", "-" and "+".');
}

const streamId = new GraphQLScalarType({
  name: 'StreamId',
  description: 'A stream entry ID: `<ms>-<seq>`, or, where an argument accepts them, `$`, `0`, `-` and `+`.',
  parseValue: parseStreamId,
  parseLiteral: (node) => parseStreamId(node.kind === Kind.STRING ? node.value : undefined),
});

const json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'Arbitrary JSON (graphql-scalars). Input with a key `__proto__` is refused.',
});

/** The number or text of a literal, as it is written: a long integer would lose digits as a number. */
function textOfLiteral(node: ValueNode): string | undefined {
  return node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : undefined;
}

function parseScore(value: unknown): number {
  const score = readScore(value);
  if (score !== undefined) return score;
  throw new GraphQLError('Expected a number, or one of "inf" and "-inf".');
}

const score = new GraphQLScalarType<number, number | string>({
  name: 'Score',
  description: 'A double. Infinities are the strings `inf` and `-inf`, in arguments and in results.',
  serialize: (value) => writeScore(Number(value)),
  parseValue: parseScore,
  parseLiteral: (node) => parseScore(textOfLiteral(node)),
});

function parseDecimal(value: unknown): string {
  const decimal = readDecimal(value);
  if (decimal !== undefined) return decimal;
  throw new GraphQLError(
    'Expected a number as text, such as "9007199254740993" or "-0.5". Numbers that are not text must be at most 2^53 - 1 in size.',
  );
}

const decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'A number as text: a signed 64-bit integer, exact, or a decimal as Valkey returns it, with about 17 significant digits. Arguments ' +
    'may also be numbers of at most 2^53 - 1 in size.',
  serialize: String,
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(textOfLiteral(node)),
});

builder.addScalarType('DateTime', GraphQLDateTime);
builder.addScalarType('SafeInt', GraphQLSafeInt);
builder.addScalarType('JSON', json);
builder.addScalarType('StreamId', streamId);
builder.addScalarType('Score', score);
builder.addScalarType('Decimal', decimal);
