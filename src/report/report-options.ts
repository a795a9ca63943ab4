/** How a report is drawn; the same result renders again with others. */
export interface ReportOptions {
  readonly color: boolean;
  /** Terminal columns that lines should fit into. */
  readonly width: number;
  readonly showValues: boolean;
}
