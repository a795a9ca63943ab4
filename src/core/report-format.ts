/** The names that `--report` knows report formats by. */
export const REPORT_FORMAT_NAMES = [
  'table',
  'json',
  'html',
  'junit',
  'github',
  'markdown',
  'prometheus',
] as const;

export type ReportFormat = (typeof REPORT_FORMAT_NAMES)[number];

/** Whether a word is the name of a report format. */
export function isReportFormat(word: string): word is ReportFormat {
  return (REPORT_FORMAT_NAMES as readonly string[]).includes(word);
}
