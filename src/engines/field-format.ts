import type { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeSpan, TAG } from '../core/encoding/canonical.js';
import { formatFloat32, formatFloat64 } from '../core/encoding/float-text.js';
import { encodeJson } from '../core/encoding/json-encoding.js';
import { RowproofError } from '../core/errors.js';
import type { ValueType } from '../core/schema.js';
import type { FieldFormatter } from './row-codec.js';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads UTF-8 text strictly; bytes that are none are shown as they are. */
export const formatUtf8: FieldFormatter = (buffer, start, end) => {
  try {
    return strictUtf8.decode(buffer.subarray(start, end));
  } catch {
    // Text that does not decode is shown as its bytes.
    return { hex: buffer.toString('hex', start, end) };
  }
};

/** Writes a 32-bit value: as short as it reads back, or in full where a 64-bit partner would show other digits. */
export function formatFloat(value: number, partner: ValueType): string {
  return partner.kind === 'float' && partner.bits === 64 ? formatFloat64(value) : formatFloat32(value);
}

/** Encodes JSON text by its value, and text that is no JSON as itself. */
export function encodeJsonField(buffer: Buffer, start: number, end: number, sink: ByteSink): void {
  const before = sink.length;
  sink.writeByte(TAG.json);
  if (encodeJson(buffer, start, end, sink)) return;
  sink.length = before;
  encodeSpan(sink, TAG.rawJson, buffer, start, end);
}

/** The error of a row that is not what the catalog said: it must never be read as something it is not. */
export function unexpectedRow(cause?: unknown): RowproofError {
  return new RowproofError({
    code: 'wire-format',
    message: 'A row arrived in another form than the catalog says.',
    hint: 'Run again: the table was probably altered meanwhile.',
    cause,
  });
}

type Step<Into, Result> = (buffer: Buffer, start: number, end: number, into: Into) => Result;
type GuardedStep<Into, Result> = (buffer: Buffer, start: number, end: number, into?: Into) => Result;

const guards = new WeakMap<object, unknown>();

/**
 * Gives a step that trusts the form of what it reads the error that it means. Where the form is another one, as that of a
 * column whose type was changed a moment ago, it runs past the end of a buffer or the like, which is no fault of ours.
 *
 * The same step has the same guard: two sides whose steps are the same mean the same by the same bytes.
 */
export function guardForm<Into, Result>(step: Step<Into, Result>): GuardedStep<Into, Result> {
  const known = guards.get(step) as GuardedStep<Into, Result> | undefined;
  const guard = known ?? guardStep(step);
  guards.set(step, guard);
  return guard;
}

function guardStep<Into, Result>(step: Step<Into, Result>): GuardedStep<Into, Result> {
  return (buffer, start, end, into) => {
    try {
      return step(buffer, start, end, into as Into);
    } catch (error) {
      throw error instanceof RowproofError ? error : unexpectedRow(error);
    }
  };
}
