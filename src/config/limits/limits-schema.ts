import * as z from 'zod';
import { integer } from '../integer.js';
import { defaultLimits } from './server-limits.js';

const milliseconds = integer(1, 86_400_000);
const bytes = integer(1_024, 1_073_741_824);
const count = integer(1, 1_000_000_000);
const countOrNone = integer(0, 1_000_000_000);
/** What nests is followed by calls, one in another. */
const levels = integer(1, 500);

/** The limits of the configuration, each with its range and its default. */
export const limitsSchema = z.strictObject({
  maxDocumentLength: count.default(defaultLimits.maxDocumentLength),
  maxTokens: count.default(defaultLimits.maxTokens),
  maxNesting: levels.default(defaultLimits.maxNesting),
  maxDefinitions: count.default(defaultLimits.maxDefinitions),
  maxDepth: levels.default(defaultLimits.maxDepth),
  maxIntrospectionDepth: levels.default(defaultLimits.maxIntrospectionDepth),
  maxRootFields: count.default(defaultLimits.maxRootFields),
  maxBreadth: count.default(defaultLimits.maxBreadth),
  maxFields: count.default(defaultLimits.maxFields),
  maxRepeats: count.default(defaultLimits.maxRepeats),
  maxAliases: countOrNone.default(defaultLimits.maxAliases),
  maxDirectivesPerNode: count.default(defaultLimits.maxDirectivesPerNode),
  maxDirectives: countOrNone.default(defaultLimits.maxDirectives),
  maxListLength: count.default(defaultLimits.maxListLength),
  maxVariableValues: count.default(defaultLimits.maxVariableValues),
  maxCost: count.default(defaultLimits.maxCost),
  maxAnswerLength: count.default(defaultLimits.maxAnswerLength),
  maxErrors: count.default(defaultLimits.maxErrors),
  maxOperationsPerSecond: countOrNone.default(defaultLimits.maxOperationsPerSecond),
  maxCostPerMinute: countOrNone.default(defaultLimits.maxCostPerMinute),
  maxSubscriptionsPerClient: count.default(defaultLimits.maxSubscriptionsPerClient),
  maxSocketsPerClient: count.default(defaultLimits.maxSocketsPerClient),
  maxSocketsPerAddress: count.default(defaultLimits.maxSocketsPerAddress),
  maxOperationsPerSocket: count.default(defaultLimits.maxOperationsPerSocket),
  maxSubscriptionsPerSocket: count.default(defaultLimits.maxSubscriptionsPerSocket),
  maxPatternLength: integer(1, 65_536).default(defaultLimits.maxPatternLength),
  maxPatternsPerSubscription: count.default(defaultLimits.maxPatternsPerSubscription),
  maxPatternsPerClient: count.default(defaultLimits.maxPatternsPerClient),
  maxPatternsPerCluster: count.default(defaultLimits.maxPatternsPerCluster),
  maxBodyBytes: bytes.default(defaultLimits.maxBodyBytes),
  maxMessageBytes: bytes.default(defaultLimits.maxMessageBytes),
  maxBufferedBytes: bytes.default(defaultLimits.maxBufferedBytes),
  stallTimeoutMs: milliseconds.default(defaultLimits.stallTimeoutMs),
  requestTimeoutMs: milliseconds.default(defaultLimits.requestTimeoutMs),
  connectionInitTimeoutMs: milliseconds.default(defaultLimits.connectionInitTimeoutMs),
  operationTimeoutMs: milliseconds.default(defaultLimits.operationTimeoutMs),
  drainTimeoutMs: milliseconds.default(defaultLimits.drainTimeoutMs),
  keepAliveMs: milliseconds.default(defaultLimits.keepAliveMs),
});
