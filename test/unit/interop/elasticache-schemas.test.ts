import { CreateUser$, CreateUserMessage$, UserNotFoundFault$ } from '@aws-sdk/client-elasticache';
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, test } from 'vitest';
import {
  errorIdentity,
  operationSchemas,
  requiredMembers,
  shapesOf,
  textSchema,
} from '../../../src/interop/elasticache-schemas.js';

describe("The AWS SDK's runtime schemas", () => {
  test('are exported for all 75 actions of ElastiCache, by name', () => {
    expect(operationSchemas.size).toBe(75);
    expect(operationSchemas.get('CreateUser')).toBe(CreateUser$);
  });

  test('name the input and the output of an action', () => {
    const { name, input, output } = shapesOf(CreateUser$);
    expect(name).toBe('CreateUser');
    expect(NormalizedSchema.of(input).getName()).toBe('CreateUserMessage');
    expect(NormalizedSchema.of(output).getName()).toBe('User');
  });

  test('say which members a structure requires', () => {
    expect([...requiredMembers(NormalizedSchema.of(CreateUserMessage$))].sort()).toEqual([
      'AccessString',
      'Engine',
      'UserId',
      'UserName',
    ]);
    expect(requiredMembers(NormalizedSchema.of(textSchema))).toEqual([]);
  });

  test('contain the code and the status of an error on the wire', () => {
    expect(errorIdentity(UserNotFoundFault$)).toEqual({ code: 'UserNotFound', status: 404 });
  });
});
