import type { Column } from '../../core/schema.js';
import { unexpectedRow } from '../field-format.js';
import { setLending } from '../lending-socket.js';
import type { SpanListener } from '../session.js';
import { requirePart } from './mysql2-driver.js';
import { PacketFrames } from './packet-frames.js';
import { alteredColumn } from './statement-answers.js';
import { isExpectedWireType } from './wire-types.js';

/** The part of mysql2's packets and commands that reading raw rows depends on; the version is pinned for it. */
interface RawPacket {
  isEOF(): boolean;
}
interface PacketParser {
  execute(chunk: Buffer): void;
}
/** mysql2 looks its parser up for each chunk, on plain and on TLS sockets alike, so that it can be replaced for a while. */
interface RawConnection {
  readonly stream: unknown;
  packetParser: PacketParser;
  sequenceId: number;
}
type CommandStep = (packet: RawPacket, connection: RawConnection) => CommandStep | null;
interface ExecuteCommand {
  readonly _fields: readonly (readonly { readonly columnType: number; readonly name: string }[])[];
  onResult: ((error: Error | null) => void) | undefined;
  start(packet: RawPacket, connection: RawConnection): CommandStep | null;
  readField(packet: RawPacket, connection: RawConnection): CommandStep | null;
  done(): null;
}
/** What mysql2's command of a prepared statement is made from. */
export interface ExecuteOptions {
  readonly statement: unknown;
  readonly sql: string;
  readonly values: readonly never[];
}

/** Where in a packet's header its number stands. */
const SEQUENCE_BYTE = 3;

const Execute = requirePart('commands', 'execute.js') as new (
  options: ExecuteOptions,
  onResult: (error: Error | null) => void,
) => ExecuteCommand;

/**
 * Executes a prepared statement and reads its rows off the socket itself, whole spans at a time: mysql2 would call for
 * each packet. What is no row is passed on to mysql2, which then ends the command or reports the error.
 *
 * An exception in the listener must not reach mysql2's socket handler, where it would end the process; it becomes the
 * result of the command instead.
 */
export class RawRowsCommand extends Execute {
  stopped = false;
  failure: unknown = null;
  expectsRows = false;
  readonly #columns: readonly Column[];
  readonly #frames: PacketFrames;
  readonly #onStop: () => void;
  #forward: (packet: Buffer) => void = () => undefined;
  #restore: () => void = () => undefined;

  constructor(options: {
    execute: ExecuteOptions;
    columns: readonly Column[];
    onSpan: SpanListener;
    onStop: () => void;
    onResult: (error: Error | null) => void;
  }) {
    super(options.execute, (error) => {
      this.#release();
      options.onResult(error);
    });
    this.#columns = options.columns;
    this.#onStop = options.onStop;
    this.#frames = new PacketFrames(options.onSpan, this);
  }

  override start(packet: RawPacket, connection: RawConnection): CommandStep | null {
    const { packetParser, stream } = connection;
    connection.packetParser = { execute: (chunk) => this.#receive(chunk) };
    setLending(stream, true);
    this.#restore = () => {
      setLending(stream, false);
      connection.packetParser = packetParser;
    };
    this.#forward = (bytes) => {
      if (this.expectsRows) connection.sequenceId = bytes[SEQUENCE_BYTE] as number;
      packetParser.execute(Buffer.from(bytes));
    };
    return super.start(packet, connection);
  }

  /** Passes on a copy of what is no row to mysql2's own parser, because mysql2 reads names of columns when asked. */
  forward(packet: Buffer): void {
    this.#forward(packet);
  }

  override readField(packet: RawPacket, connection: RawConnection): CommandStep | null {
    super.readField(packet, connection);
    const received = this._fields[0]?.length ?? 0;
    return received === this.#columns.length ? this.startRows : this.readField;
  }

  startRows(): CommandStep {
    const wrong = this._fields[0]?.findIndex(
      (field, i) => !isExpectedWireType(this.#columns[i]?.wire ?? '', field.columnType),
    );
    if (wrong !== undefined && wrong >= 0) {
      this.#stop(alteredColumn(this.#columns[wrong]?.name ?? ''));
    }
    this.expectsRows = true;
    return this.end;
  }

  end(packet: RawPacket): CommandStep | null {
    if (this.stopped) return this.end;
    if (packet.isEOF()) {
      this.#release();
      return this.done();
    }
    this.#stop(unexpectedRow());
    return this.end;
  }

  #receive(chunk: Buffer): void {
    if (this.stopped) return;
    try {
      if (!this.#frames.push(chunk)) this.#stop(null);
    } catch (error) {
      this.#stop(error);
    }
  }

  /** Gives mysql2 its parser back. */
  #release(): void {
    this.expectsRows = false;
    this.#restore();
  }

  #stop(failure: unknown): void {
    this.stopped = true;
    this.failure = failure;
    this.#onStop();
  }
}
