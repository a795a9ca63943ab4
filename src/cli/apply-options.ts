import type { Options } from 'yargs';
import { flag, text } from './option-forms.js';

const WHAT = 'What to apply:';
const HOW = 'How to apply it:';
const OUTPUT = 'Output:';

/** The flags of `apply`, the only command that writes to a database. */
export const APPLY_OPTIONS = {
  target: text(WHAT, 'URL of the database that the file was written for'),
  'other-target': flag(WHAT, 'The target is the one of the file, though its address is another'),
  yes: flag(HOW, 'Apply without asking'),
  'dry-run': flag(HOW, 'Only say what would be done'),
  'lock-timeout': text(
    HOW,
    'How long to wait for a row that somebody has locked, as 500ms or 5s (default 5s)',
  ),
  applied: text(WHAT, 'PATH of what the client printed as it applied the repair that the undo takes back'),
  undo: text(HOW, 'PATH for what takes it back (default FILE.undo-1.sql, or the next number)'),
  json: flag(OUTPUT, 'Print the result as JSON, format rowproof/apply@1'),
  quiet: flag(OUTPUT, 'No progress on stderr'),
} as const satisfies Readonly<Record<string, Options>>;
