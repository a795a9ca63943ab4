import type { Check } from '../core/gate/check.js';
import { nextNumber } from './numbering/next-number.js';

/** Every check, in the order in which they are told. */
export const CHECKS: readonly Check[] = [nextNumber];
