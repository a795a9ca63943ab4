import { z } from 'zod';

const HEADER = z.looseObject({
  direction: z.enum(['repair', 'undo']),
  engine: z.string().min(1),
  schema: z.string().min(1),
  url: z.string(),
  startedAt: z.string(),
  notes: z
    .string()
    .regex(/^\d{17}$/)
    .optional(),
});

const TABLE = z.looseObject({
  schema: z.string(),
  name: z.string(),
  key: z.array(z.string()),
  columns: z.array(z.string()),
});

/** What a repair file says of itself: which way it goes, and for which target it was written. */
export interface FileHeader {
  readonly direction: 'repair' | 'undo';
  readonly engine: string;
  readonly schema: string;
  /** Without account and password. */
  readonly url: string;
  readonly startedAt: string;
  /** The run of whose rows the statements take notes, or, in an undo, ask for them; absent where they do not. */
  readonly notes?: string | undefined;
}

/** A table that row statements name by its number. */
export interface FileTable {
  readonly schema: string;
  readonly name: string;
  /** Empty where nothing but all of their values names rows. */
  readonly key: readonly string[];
  /** The columns that were compared and are written. */
  readonly columns: readonly string[];
}

/** The name of the format, with its version. */
export const REPAIR_FORMAT = 'rowproof/repair@1';

/** Reads the line that says what the file is; null where the text is no such line or not of this format. */
export function readHeaderLine(comment: string): FileHeader | null {
  const [, json] = /^-- format: rowproof\/repair@1 (\{.*\})$/s.exec(comment) ?? [];
  return HEADER.safeParse(parseJson(json)).data ?? null;
}

/** Reads the line of a table; null where the text is none. */
export function readTableLine(comment: string): readonly [number: number, table: FileTable] | null {
  const [, number, json] = /^-- table (\d{1,9}): (\{.*\})$/s.exec(comment) ?? [];
  const table = TABLE.safeParse(parseJson(json)).data;
  return table === undefined ? null : [Number(number), table];
}

/** How many rows a file says that it leaves alone; 0 where it does not say. */
export function readLeftAlone(comment: string): number {
  const [, count] = /^-- In all: .* ([\d,]+) left alone\.?$/.exec(comment) ?? [];
  return count === undefined ? 0 : Number(count.replaceAll(',', ''));
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    // A header that cannot be read is refused as none of ours.
    return null;
  }
}
