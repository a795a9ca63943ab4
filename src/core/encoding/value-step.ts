import type { RoundingUnit, Tolerance, TruncationUnit } from '../relaxation.js';
import type { Halves } from '../schema.js';
import { floatStep, quantizeStep } from './number-steps.js';
import type { SinkStep } from './sink-step.js';
import { civilStep, roundStep, truncateStep } from './temporal-steps.js';
import { emptyAsNull, foldCase, trimSpaces } from './text-steps.js';
import { unswapUuid } from './uuid.js';

/** What is done to a canonical value before it is compared, because the user said so or the partner's type needs it. */
export type ValueStep =
  /** Puts the time groups of a UUID back that `UUID_TO_BIN(x, 1)` swapped. */
  | { readonly kind: 'unswap-uuid' }
  /** Turns a point in time into what the clocks of a zone showed. */
  | { readonly kind: 'to-civil'; readonly zone: string }
  /** Turns a number that spells a float into that float. */
  | { readonly kind: 'to-float'; readonly bits: 32 | 64 }
  | { readonly kind: 'trim' | 'fold-case' | 'empty-as-null' }
  | { readonly kind: 'truncate'; readonly unit: TruncationUnit }
  | { readonly kind: 'round'; readonly unit: RoundingUnit; readonly halves: Halves }
  /** Puts numbers into groups, all of whose members are within the tolerance of each other. */
  | { readonly kind: 'quantize'; readonly tolerance: Tolerance };

/** Makes a step ready for many values; it may keep buffers and tables of its own. */
export function compileStep(step: ValueStep): SinkStep {
  switch (step.kind) {
    case 'unswap-uuid':
      return unswapUuid;
    case 'to-civil':
      return civilStep(step.zone);
    case 'to-float':
      return floatStep(step.bits);
    case 'trim':
      return trimSpaces;
    case 'fold-case':
      return foldCase;
    case 'empty-as-null':
      return emptyAsNull;
    case 'truncate':
      return truncateStep(step.unit);
    case 'round':
      return roundStep(step.unit, step.halves);
    case 'quantize':
      return quantizeStep(step.tolerance);
  }
}
