import type { Check } from '../core/gate/check.js';
import { nextNumber } from './numbering/next-number.js';
import { numberRules } from './numbering/number-rules.js';
import { numbersLeft } from './numbering/numbers-left.js';
import { caughtUp } from './positions/caught-up.js';
import { rowVerdict } from './rows/row-verdict.js';
import { applicationLogin } from './serving/application-login.js';
import { provable } from './way/provable.js';

/** Every check, in the order in which they are told. */
export const CHECKS: readonly Check[] = [
  rowVerdict,
  nextNumber,
  numbersLeft,
  numberRules,
  caughtUp,
  applicationLogin,
  provable,
];
