/** What every benchmark is given and gives. */
export interface BenchOptions {
  /** Few and small runs, to see that it works and that what it counts is right: no figure of it means anything. */
  readonly quick: boolean;
}

export interface Verdict {
  /** What was to be shown, with the figure that was to be reached. */
  readonly claim: string;
  readonly figure: string;
  readonly holds: boolean;
  /** Whether it depends on how fast the machine is: such a claim fails no quick run. */
  readonly timed: boolean;
}

export interface BenchResult {
  /** Markdown. */
  readonly report: string;
  readonly verdicts: readonly Verdict[];
}

export type Bench = (options: BenchOptions) => Promise<BenchResult>;
