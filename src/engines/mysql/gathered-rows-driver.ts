import type { Duplex } from 'node:stream';
import type { Column } from '../../core/schema.js';
import { stoppedReads } from '../gathered-reads.js';
import { setLending } from '../lending-socket.js';
import type { SpanListener } from '../session.js';
import { requirePart } from './mysql2-driver.js';
import { PacketFrames } from './packet-frames.js';
import { type AnswerStep, StatementAnswers } from './statement-answers.js';

/** A SELECT whose rows are wanted, with the columns that it has. */
export interface RowsRequest {
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly onSpan: SpanListener;
}

interface PacketParser {
  execute(chunk: Buffer): void;
}
/** The part of mysql2's connections and packets that this depends on; the version is pinned for it. */
interface RawConnection {
  readonly stream: Duplex;
  packetParser: PacketParser;
  sequenceId: number;
  write(bytes: Buffer): void;
}
interface RawPacket {
  asError(encoding: string): Error;
}
type CommandStep = () => CommandStep | null;

const Command = requirePart('commands', 'command.js') as new () => object;
const Packet = requirePart('packets', 'packet.js') as new (
  id: number,
  buffer: Buffer,
  start: number,
  end: number,
) => RawPacket;

const HEADER_BYTES = 4;
const SEQUENCE_BYTE = 3;
const ERROR = 0xff;
const COM_STMT_PREPARE = 0x16;
const COM_STMT_EXECUTE = 0x17;
const COM_STMT_CLOSE = 0x19;

/**
 * Reads the rows of several statements with two messages: one prepares all of them, one executes and closes them. MariaDB's own
 * connectors send statements like this, before the answers to those before them have come. mysql2 would wait for each answer,
 * so that all of them are read here, and only the end of the last one is passed on to it.
 *
 * Whatever goes wrong leaves answers on the connection that nobody takes: it is of no use then.
 *
 * @see https://mariadb.com/docs/server/reference/clientserver-protocol/3-binary-protocol-prepared-statements
 */
export class GatheredRowsCommand extends Command {
  readonly onResult: (error: unknown) => void;
  readonly #requests: readonly RowsRequest[];
  readonly #answers: StatementAnswers;
  readonly #frames: PacketFrames;
  #write: (bytes: Buffer) => void = () => undefined;
  #finish: (packet: Buffer) => void = () => undefined;
  #abandon: () => void = () => undefined;
  #isOver = false;

  /** `onEnd` is told once, of an error or of null. */
  constructor(requests: readonly RowsRequest[], onEnd: (error: unknown) => void) {
    super();
    this.#requests = requests;
    this.#answers = new StatementAnswers(requests.map(({ columns }) => columns));
    this.#frames = new PacketFrames((...span) => this.#handOver(span), this);
    this.onResult = (error) => {
      if (this.#isOver) return;
      this.#isOver = true;
      onEnd(error);
    };
  }

  /** Takes over what comes on the connection, and sends what prepares the statements. */
  start(_packet: unknown, connection: RawConnection): CommandStep {
    const { packetParser, stream } = connection;
    connection.packetParser = { execute: (chunk) => this.#receive(chunk) };
    setLending(stream, true);
    this.#write = (bytes) => connection.write(bytes);
    this.#abandon = () => void stream.destroy();
    this.#finish = (packet) => {
      setLending(stream, false);
      connection.packetParser = packetParser;
      connection.sequenceId = packet[SEQUENCE_BYTE] as number;
      packetParser.execute(Buffer.from(packet));
    };
    this.#write(Buffer.concat(this.#requests.map(({ sql }) => encodePrepare(sql))));
    return () => null;
  }

  get expectsRows(): boolean {
    return this.#answers.expectsRows;
  }

  /** Takes a whole packet that is no row. */
  forward(packet: Buffer): void {
    if (packet[HEADER_BYTES] === ERROR) throw readError(packet);
    const ended: AnswerStep = this.#answers.take(packet);
    if (ended === 'preparing') this.#write(Buffer.concat(this.#answers.ids.flatMap(encodeRun)));
    if (ended !== 'executing') return;
    this.#finish(packet);
    this.onResult(null);
  }

  #handOver(span: Parameters<SpanListener>): boolean {
    return this.#requests[this.#answers.executed]?.onSpan(...span) === true;
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      if (!this.#frames.push(chunk)) this.onResult(stoppedReads());
    } catch (error) {
      // What comes behind the last answer is an answer to nothing, and no result of it.
      if (this.#isOver) this.#abandon();
      this.onResult(error);
    }
  }
}

/** The number of a message's packet is 0, and each of ours is short enough for one. */
function encodeMessage(command: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + 1);
  header.writeUIntLE(body.length + 1, 0, 3);
  header[HEADER_BYTES] = command;
  return Buffer.concat([header, body]);
}

function encodePrepare(sql: string): Buffer {
  return encodeMessage(COM_STMT_PREPARE, Buffer.from(sql, 'utf8'));
}

/** Executes a statement without parameters, once and without a cursor, and closes it. */
function encodeRun(id: number): readonly Buffer[] {
  const execute = Buffer.alloc(9);
  execute.writeUInt32LE(id, 0);
  execute.writeUInt32LE(1, 5);
  return [encodeMessage(COM_STMT_EXECUTE, execute), encodeMessage(COM_STMT_CLOSE, execute.subarray(0, 4))];
}

function readError(packet: Buffer): Error {
  return new Packet(0, Buffer.from(packet), 0, packet.length).asError('utf8');
}
