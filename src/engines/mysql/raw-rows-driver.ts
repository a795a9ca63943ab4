import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import type { SpanListener } from '../engine.js';
import { isExpectedWireType } from './wire-types.js';

/** The part of mysql2's packets and commands that reading raw rows depends on; the version is pinned for it. */
interface RawPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
}
type CommandStep = (packet: RawPacket, connection: unknown) => CommandStep | null;
interface ExecuteCommand {
  readonly _fields: readonly (readonly { readonly columnType: number; readonly name: string }[])[];
  onResult: ((error: Error | null) => void) | undefined;
  readField(packet: RawPacket, connection: unknown): CommandStep | null;
  done(): null;
}
/** What mysql2's command of a prepared statement is made from. */
export interface ExecuteOptions {
  readonly statement: unknown;
  readonly sql: string;
  readonly values: readonly never[];
}

const require = createRequire(import.meta.url);
const commandFolder = join(dirname(require.resolve('mysql2/package.json')), 'lib', 'commands');
const Execute = require(join(commandFolder, 'execute.js')) as new (
  options: ExecuteOptions,
  onResult: (error: Error | null) => void,
) => ExecuteCommand;

/**
 * Executes a prepared statement and hands over each row's packet as it came, without decoding a value.
 *
 * An exception in the listener must not reach mysql2's socket handler, where it would end the process; it becomes the
 * result of the command instead.
 */
export class RawRowsCommand extends Execute {
  stopped = false;
  failure: unknown = null;
  readonly #columns: readonly Column[];
  readonly #onSpan: SpanListener;
  readonly #onStop: () => void;

  constructor(options: {
    execute: ExecuteOptions;
    columns: readonly Column[];
    onSpan: SpanListener;
    onStop: () => void;
    onResult: (error: Error | null) => void;
  }) {
    super(options.execute, options.onResult);
    this.#columns = options.columns;
    this.#onSpan = options.onSpan;
    this.#onStop = options.onStop;
  }

  override readField(packet: RawPacket, connection: unknown): CommandStep | null {
    super.readField(packet, connection);
    const received = this._fields[0]?.length ?? 0;
    return received === this.#columns.length ? this.startRows : this.readField;
  }

  startRows(): CommandStep {
    const wrong = this._fields[0]?.findIndex(
      (field, i) => !isExpectedWireType(this.#columns[i]?.wire ?? '', field.columnType),
    );
    if (wrong !== undefined && wrong >= 0) {
      const name = this.#columns[wrong]?.name ?? '';
      this.#stop(
        new RowproofError({
          code: 'wire-format',
          message: `Column ${name} arrived in another type than the catalog says.`,
          hint: 'Run again: the table was probably altered meanwhile.',
        }),
      );
    }
    return this.row;
  }

  row(packet: RawPacket): CommandStep | null {
    if (this.stopped) return this.row;
    if (packet.isEOF()) return this.done();
    try {
      if (!this.#onSpan(packet.buffer, packet.offset, packet.end, 1)) this.#stop(null);
    } catch (error) {
      this.#stop(error);
    }
    return this.row;
  }

  #stop(failure: unknown): void {
    this.stopped = true;
    this.failure = failure;
    this.#onStop();
  }
}
