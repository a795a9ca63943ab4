import type { Night } from '../core/trend.js';
import type { HtmlRows } from './html/rows/html-rows.js';

/** How a report is drawn; the same result renders again with others. */
export interface ReportOptions {
  readonly color: boolean;
  /** Terminal columns that lines should fit into. */
  readonly width: number;
  readonly showValues: boolean;
  /** The report of an earlier run that this one replaces; metrics take over from it when all was well last. */
  readonly earlier?: string;
  /** The most bytes that the place of a summary has room for. */
  readonly mostBytes?: number;
  /** A sample of all differing rows, and where they lie. */
  readonly rows?: HtmlRows;
  /** The runs of a history, in the order of their time. */
  readonly trend?: readonly Night[];
}
