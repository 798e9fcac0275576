import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';

export const ScoreRangeInputRef = builder.inputType('ScoreRangeInput', {
  description: 'Members with scores from `min` to `max`. The range is empty if `min` is greater than `max`.',
  fields: (t) => ({
    min: t.field({ type: 'Score', required: true, defaultValue: -Infinity, description: 'The lowest score.' }),
    max: t.field({ type: 'Score', required: true, defaultValue: Infinity, description: 'The highest score.' }),
    excludeMin: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Exclude members whose score is `min` itself.',
    }),
    excludeMax: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Exclude members whose score is `max` itself.',
    }),
  }),
});

export const LexRangeInputRef = builder.inputType('LexRangeInput', {
  description:
    'Members from `min` to `max`, compared by their bytes. It is meaningful only if all members have the same score. The range is empty ' +
    'if `min` is greater than `max`.',
  fields: (t) => ({
    min: t.string({ description: 'The first member. If omitted, the range has no lower bound.' }),
    max: t.string({ description: 'The last member. If omitted, the range has no upper bound.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of `min` and `max`.' }),
    excludeMin: t.boolean({ required: true, defaultValue: false, description: 'Exclude the member `min` itself.' }),
    excludeMax: t.boolean({ required: true, defaultValue: false, description: 'Exclude the member `max` itself.' }),
  }),
});

export const RankRangeInputRef = builder.inputType('RankRangeInput', {
  description:
    'Members by rank, where 0 is the lowest score. Negative ranks count from the end: -1 is the highest score. The range is empty if ' +
    '`start` is behind `end`.',
  fields: (t) => ({
    start: t.field({ type: 'SafeInt', required: true, description: 'The first rank.' }),
    end: t.field({ type: 'SafeInt', required: true, description: 'The last rank, which is included.' }),
  }),
});
