import { scoreArgument } from '../../../../domain/key/score.js';
import type { LexBound, LexRange, ScoreRange } from '../../../../domain/key/member-ranges.js';
import type { Argument } from '../../interfaces.js';

interface Bounds {
  readonly min: Argument;
  readonly max: Argument;
}

/** The bounds of a range of scores as arguments of ZRANGE BYSCORE, ZCOUNT and ZREMRANGEBYSCORE. */
export function scoreBounds({ min, max, excludeMin, excludeMax }: ScoreRange): Bounds {
  return {
    min: `${excludeMin ? '(' : ''}${scoreArgument(min)}`,
    max: `${excludeMax ? '(' : ''}${scoreArgument(max)}`,
  };
}

/** The bounds of a range of members as arguments of ZRANGE BYLEX and ZREMRANGEBYLEX. */
export function lexBounds({ min, max }: LexRange): Bounds {
  return { min: min ? lexBound(min) : '-', max: max ? lexBound(max) : '+' };
}

const included = Buffer.from('[');
const excluded = Buffer.from('(');

function lexBound({ value, isExcluded }: LexBound): Buffer {
  return Buffer.concat([isExcluded ? excluded : included, value]);
}
