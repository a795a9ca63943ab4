import {
  type CanonicalChoice,
  type CanonicalType,
  chooseCanonicalType,
  isRecodedBeside,
  isSixteenBytes,
} from './canonical-type.js';
import type { ValueStep } from './encoding/value-step.js';
import { formatRelaxation, type Relaxation, type Tolerance } from './relaxation.js';
import type { Column, Fraction, Halves, ValueType } from './schema.js';

/** How one side of a column pair becomes canonical bytes: `plain` is the engine's own encoding and nothing else. */
export type SideRule =
  | { readonly kind: 'plain' }
  | { readonly kind: 'adapted'; readonly canonical: CanonicalType; readonly steps: readonly ValueStep[] };

/** How a column pair is compared: `plain` unless its types, or the user, ask for more than equal canonical values. */
export type ColumnRule =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'adapted';
      readonly source: SideRule;
      readonly target: SideRule;
      /** Values in different groups are equal all the same where they are within it. */
      readonly tolerance: Tolerance | null;
      /** What was taken on the user's word, such as a time zone; for people. */
      readonly assumed: readonly string[];
      /** The relaxations in force, as the user writes them. */
      readonly relaxed: readonly string[];
    };

/** How `assumed` begins where a side's UUIDs are swapped. */
export const SWAPPED_UUIDS = 'swapped UUIDs';

/** What `assumed` says of a side whose civil times are in a zone. */
export function describeZone(zone: string, side: 'source' | 'target'): string {
  return `time zone ${zone} on the ${side}`;
}

/** The rule of nearly every column. */
export const PLAIN: { readonly kind: 'plain' } = { kind: 'plain' };

/** What the user said of a column pair. */
export interface ColumnRequest {
  readonly relaxations: readonly Relaxation[];
  /** The side whose binary(16) has swapped time groups; `either` is the one side that is binary(16). */
  readonly uuidSwap: 'source' | 'target' | 'either' | null;
  /** The zone of each side's civil times. */
  readonly timeZones: Readonly<Record<'source' | 'target', string | null>>;
}

export type RuleChoice =
  | {
      readonly kind: 'comparable';
      readonly canonical: CanonicalType;
      readonly rule: ColumnRule;
    }
  | {
      readonly kind: 'incomparable';
      readonly reason: string;
      /** What the user can say to have it compared; empty where nothing would do. */
      readonly hint: string;
    };

interface Base {
  readonly canonical: CanonicalType;
  readonly source: SideRule;
  readonly target: SideRule;
  readonly assumed: readonly string[];
}

/** Chooses how a column pair is compared, or says why it cannot be. */
export function chooseColumnRule(source: Column, target: Column, request: ColumnRequest): RuleChoice {
  const base =
    chooseSwapped(source, target, request) ??
    chooseZoned(source, target, request) ??
    chooseSpelled(source, target, request) ??
    choosePlain(chooseCanonicalType(source, target));
  if ('reason' in base)
    return {
      kind: 'incomparable',
      reason: base.reason,
      hint: isRecodedBeside(source.type, target.type) ? RECODED_HINT : zoneHint(source, target),
    };
  return relax(base, request, roundingHalves(source.type, target.type));
}

/** Which of the two forms the bytes are is no fact of the columns, so whoever knows it must say it in a column that has it. */
const RECODED_HINT =
  'Compare a view instead that gives the text as the bytes that are meant (docs/types.md says how)';

function choosePlain(choice: CanonicalChoice): Base | { readonly reason: string } {
  if (choice.kind === 'incomparable') return choice;
  return { canonical: choice.canonical, source: PLAIN, target: PLAIN, assumed: [] };
}

const adapt = (canonical: CanonicalType, steps: readonly ValueStep[]): SideRule => ({
  kind: 'adapted',
  canonical,
  steps,
});

/** A swapped UUID against anything that holds UUIDs; two columns of sixteen bytes need a side to be named. */
function chooseSwapped(source: Column, target: Column, { uuidSwap }: ColumnRequest): Base | null {
  if (uuidSwap === null) return null;
  const sides = { source: isSixteenBytes(source.type), target: isSixteenBytes(target.type) };
  if (uuidSwap === 'either' && sides.source && sides.target) return null;
  const swapped = uuidSwap === 'either' ? (sides.source ? 'source' : 'target') : uuidSwap;
  if (!sides[swapped]) return null;
  const plain = chooseCanonicalType(source, target);
  const both = sides.source && sides.target;
  if (!both && (plain.kind === 'incomparable' || plain.canonical !== 'uuid')) return null;
  const rule = (side: 'source' | 'target'): SideRule =>
    side === swapped ? adapt('uuid', [{ kind: 'unswap-uuid' }]) : both ? adapt('uuid', []) : PLAIN;
  return {
    canonical: 'uuid',
    source: rule('source'),
    target: rule('target'),
    assumed: [`${SWAPPED_UUIDS} on the ${swapped}`],
  };
}

/** A civil time against a point in time, where the user said in which zone the clocks were. */
function chooseZoned(source: Column, target: Column, { timeZones }: ColumnRequest): Base | null {
  const side = civilSide(source.type, target.type);
  const zone = side === null ? null : timeZones[side];
  if (side === null || zone === null) return null;
  const civil: SideRule = PLAIN;
  const instant = adapt('instant', [{ kind: 'to-civil', zone }]);
  return {
    canonical: 'datetime',
    source: side === 'source' ? civil : instant,
    target: side === 'target' ? civil : instant,
    assumed: [describeZone(zone, side)],
  };
}

/** The side with a civil time, where the other has points in time. */
function civilSide(source: ValueType, target: ValueType): 'source' | 'target' | null {
  if (source.kind === 'datetime' && target.kind === 'instant') return 'source';
  return source.kind === 'instant' && target.kind === 'datetime' ? 'target' : null;
}

function zoneHint(source: Column, target: Column): string {
  const side = civilSide(source.type, target.type);
  if (side === null) return '';
  return `Say in which time zone ${side === 'source' ? source.name : target.name} is with --${side}-timezone ZONE (Europe/Berlin, UTC, +05:30)`;
}

/** A float against a decimal or whole number: equal where the number is what the float is written as. */
function chooseSpelled(source: Column, target: Column, { relaxations }: ColumnRequest): Base | null {
  const [one, other] = [source.type, target.type];
  const float = one.kind === 'float' ? one : other.kind === 'float' ? other : null;
  const number = float === one ? other : one;
  const numeric = chooseCanonicalType({ ...source, type: number }, { ...target, type: number });
  if (float === null || numeric.kind === 'incomparable') return null;
  if (numeric.canonical !== 'int' && numeric.canonical !== 'decimal') return null;
  const isTolerant = relaxations.some(({ kind }) => kind === 'tolerance');
  const steps: ValueStep[] = isTolerant ? [] : [{ kind: 'to-float', bits: float.bits }];
  const spelled = adapt(numeric.canonical, steps);
  return {
    canonical: 'float',
    source: one === float ? PLAIN : spelled,
    target: one === float ? spelled : PLAIN,
    assumed: [],
  };
}

const TIMES: ReadonlySet<CanonicalType> = new Set(['time', 'datetime', 'instant', 'interval']);

const FITS: Readonly<Record<Relaxation['kind'], ReadonlySet<CanonicalType>>> = {
  trim: new Set<CanonicalType>(['text']),
  ignoreCase: new Set<CanonicalType>(['text']),
  nullAsEmpty: new Set<CanonicalType>(['text', 'bytes']),
  truncateTo: TIMES,
  roundTo: TIMES,
  tolerance: new Set<CanonicalType>(['int', 'decimal', 'float']),
};

/** The order in which relaxations work, whatever order they were given in: blank text is empty once it is trimmed. */
const ORDER: readonly Relaxation['kind'][] = [
  ...(['trim', 'ignoreCase', 'nullAsEmpty'] as const),
  ...(['truncateTo', 'roundTo', 'tolerance'] as const),
];

/** Where the server rounds that did it: the side with fewer digits, of equals the one that was written to. */
export function roundingHalves(source: ValueType, target: ValueType): Halves {
  const [from, to] = [fractionOf(source), fractionOf(target)];
  return from.digits < to.digits ? from.halves : to.halves;
}

const MICROSECONDS: Fraction = { digits: 6, halves: 'later' };

function fractionOf(type: ValueType): Fraction {
  return (type.kind === 'datetime' || type.kind === 'instant' ? type.fraction : undefined) ?? MICROSECONDS;
}

function relax(base: Base, request: ColumnRequest, halves: Halves): RuleChoice {
  const { canonical, assumed } = base;
  const fitting = ORDER.flatMap((kind) => request.relaxations.filter((each) => each.kind === kind)).filter(
    ({ kind }) => FITS[kind].has(canonical),
  );
  if (fitting.length === 0 && base.source.kind === 'plain' && base.target.kind === 'plain') {
    return { kind: 'comparable', canonical, rule: PLAIN };
  }
  const steps = fitting.map((relaxation) => stepOf(relaxation, halves));
  const extend = (rule: SideRule): SideRule => {
    if (steps.length === 0) return rule;
    return rule.kind === 'plain' ? adapt(canonical, steps) : adapt(rule.canonical, [...rule.steps, ...steps]);
  };
  const tolerant = fitting.find((each) => each.kind === 'tolerance');
  return {
    kind: 'comparable',
    canonical,
    rule: {
      kind: 'adapted',
      source: extend(base.source),
      target: extend(base.target),
      tolerance: tolerant?.tolerance ?? null,
      assumed,
      relaxed: fitting.map(formatRelaxation),
    },
  };
}

function stepOf(relaxation: Relaxation, halves: Halves): ValueStep {
  switch (relaxation.kind) {
    case 'trim':
      return { kind: 'trim' };
    case 'ignoreCase':
      return { kind: 'fold-case' };
    case 'nullAsEmpty':
      return { kind: 'empty-as-null' };
    case 'truncateTo':
      return { kind: 'truncate', unit: relaxation.unit };
    case 'roundTo':
      return { kind: 'round', unit: relaxation.unit, halves };
    case 'tolerance':
      return { kind: 'quantize', tolerance: relaxation.tolerance };
  }
}
