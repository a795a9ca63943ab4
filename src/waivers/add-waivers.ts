import { Document, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { WaiverMark } from '../core/waiver.js';
import { MOST_ROW_WAIVERS, WAIVERS_FORMAT } from './waiver.js';
import { waiversError } from './waivers-error.js';

/** An entry to write: what it is about stands under `row` or `cause` as the file has it. */
export interface NewWaiver extends WaiverMark {
  readonly about:
    | { readonly row: { readonly table: string; readonly hash: string; readonly key?: string } }
    | {
        readonly cause: {
          readonly table: string;
          readonly column: string;
          readonly code: string;
          readonly detail?: string;
          readonly maxRows: number;
        };
      };
}

interface Adding {
  readonly path: string;
  /** The file as it is, which has been read without a fault; null where there is none. */
  readonly text: string | null;
  readonly added: readonly NewWaiver[];
  /** What tells the secret of the hashes from others; null where they have none. */
  readonly secretCheck: string | null;
}

const HEADER = ` Differences that are accepted: see docs/waive-differences.md.
 rowproof waive adds entries; expires is the last day, in UTC, on which an entry holds.`;

/** Puts entries behind those of a file, whose words, order and comments stay as they are. */
export function addWaivers({ path, text, added, secretCheck }: Adding): string {
  const isNew = text === null || text.trim() === '';
  const document = isNew ? newDocument(secretCheck) : parseDocument(text, { intAsBigInt: true });
  if (secretCheck !== null && document.get('secret') === undefined) document.set('secret', secretCheck);
  const entries = document.get('waivers');
  if (!isSeq(entries)) throw waiversError(`${path} has no list of waivers.`, 'Write waivers: [] into it.');
  // A list in one line would grow to the right.
  entries.flow = false;
  for (const each of added) entries.add(document.createNode(toEntry(each)) as YAMLMap);
  refuseTooMany(path, entries.items.length);
  return document.toString({ lineWidth: 0 });
}

function newDocument(secretCheck: string | null): Document {
  const secret = secretCheck === null ? {} : { secret: secretCheck };
  const document = new Document({ format: WAIVERS_FORMAT, ...secret, waivers: [] });
  document.commentBefore = HEADER;
  return document;
}

function toEntry({ about, reason, owner, expires }: NewWaiver): object {
  return { ...about, reason, owner, expires };
}

/** As many as a run reads. */
function refuseTooMany(path: string, entries: number): void {
  if (entries <= MOST_ROW_WAIVERS) return;
  throw waiversError(
    `${path} would hold ${entries} entries, and ${MOST_ROW_WAIVERS} are the most.`,
    'So many rows have something in common: waive their cause, with --cause CODE, or repair them.',
  );
}
