import type { Check } from '../core/gate/check.js';
import { nextNumber } from './numbering/next-number.js';
import { caughtUp } from './positions/caught-up.js';
import { rowVerdict } from './rows/row-verdict.js';

/** Every check, in the order in which they are told. */
export const CHECKS: readonly Check[] = [rowVerdict, nextNumber, caughtUp];
