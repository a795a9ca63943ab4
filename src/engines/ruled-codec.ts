import { PLAIN, type SideRule } from '../core/column-rule.js';
import { compileStep, type ValueStep } from '../core/encoding/value-step.js';
import type { ColumnPair, Side } from '../core/pairing.js';
import type { CodecColumn, FieldEncoder, RowCodec } from './row-codec.js';
import type { Session } from './session.js';

/** A codec whose encoders follow the rules of their columns. */
export interface RuledCodec extends RowCodec {
  /** The same without the grouping that a tolerance needs for hashing: what two values are compared by in the end. */
  readonly valueEncoders: readonly FieldEncoder[];
}

/** One side of a column pair as a codec needs it. */
export function codecColumn(pair: ColumnPair, side: Side): CodecColumn {
  const rule: SideRule = pair.rule.kind === 'plain' ? PLAIN : pair.rule[side];
  return {
    column: pair[side],
    canonical: rule.kind === 'plain' ? pair.canonical : rule.canonical,
    partner: pair[side === 'source' ? 'target' : 'source'].type,
    rule,
  };
}

/**
 * Compiles the codec of a column list and puts what the rules of its columns say behind its encoders, so that no engine
 * knows of rules. Where every rule is plain the engine's own encoders are used as they are.
 */
export async function compileRuledCodec(
  session: Session,
  columns: readonly CodecColumn[],
): Promise<RuledCodec> {
  const codec = await session.ask('codec', columns);
  const encodersWith = (keeps: (step: ValueStep) => boolean): FieldEncoder[] =>
    codec.encoders.map((encode, i) => adaptEncoder(encode, stepsOf(columns[i]).filter(keeps)));
  return {
    ...codec,
    encoders: encodersWith(() => true),
    valueEncoders: encodersWith((step) => step.kind !== 'quantize'),
  };
}

function stepsOf(column: CodecColumn | undefined): readonly ValueStep[] {
  return column === undefined || column.rule.kind === 'plain' ? [] : column.rule.steps;
}

function adaptEncoder(encode: FieldEncoder, steps: readonly ValueStep[]): FieldEncoder {
  if (steps.length === 0) return encode;
  const compiled = steps.map(compileStep);
  return (buffer, start, end, sink) => {
    const before = sink.length;
    encode(buffer, start, end, sink);
    for (const step of compiled) step(sink, before);
  };
}
