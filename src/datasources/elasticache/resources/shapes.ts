import type { Endpoint as AwsEndpoint, Tag as AwsTag } from '@aws-sdk/client-elasticache';
import type { Endpoint, Engine } from '../../../domain/cluster/cluster.js';
import type { Tag } from '../../../domain/tags.js';

/** Translates a word of ElastiCache; undefined for an unknown word, which a newer version of ElastiCache may use. */
export function oneOf<Word>(text: string | undefined, words: Readonly<Record<string, Word>>): Word | undefined {
  return text !== undefined && Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : undefined;
}

export function engineOf(text: string | undefined): Engine | null {
  return oneOf<Engine>(text, { valkey: 'VALKEY', redis: 'REDIS' }) ?? null;
}

/** Null if ElastiCache has not assigned an endpoint yet. */
export function endpointOf(endpoint: AwsEndpoint | undefined): Endpoint | null {
  return endpoint?.Address && endpoint.Port ? { host: endpoint.Address, port: endpoint.Port } : null;
}

export function tagOf({ Key, Value }: AwsTag): Tag {
  return { key: Key ?? '', value: Value ?? '' };
}

export function awsTag({ key, value }: Tag): AwsTag {
  return { Key: key, Value: value };
}
