import * as z from 'zod';
import { mapLimits, type Limit } from '../../runtime/limit.js';
import { integer } from '../integer.js';
import { allLimits } from './server-limits.js';

const toSchema = ({ min, max, default: value }: Limit) => integer(min, max).default(value);

/** The `limits` of the configuration. */
export const limitsSchema = z.strictObject(mapLimits(allLimits, toSchema));
