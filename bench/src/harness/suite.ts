/**
 * A benchmark as data: its rows, its contenders, what they are compared with, and the bars. What runs, collects,
 * judges and prints it is the same for every benchmark, and stands beside this file.
 */
import type { StowageFrom } from "./bundle.js";
import type { NodeBinary } from "./node-binary.js";
import type { Missing, Outcome, RowResults, Unit } from "./types.js";

export interface RowInfo {
  title: string;
  unit: Unit;
}

export interface ContenderInfo {
  /** Whose version is reported; null: built into Node, or told by `version`. */
  package: string | null;
  version?(): string;
  heading: string;
}

export interface Bar<RowName extends string = string, Name extends string = string> {
  what: string;
  rows: readonly RowName[];
  /**
   * What is judged: the figure itself, its ratio to another contender's, how far it is above that; or, of what else the
   * row tells, the one named `extra`: itself, or how far it is above another contender's.
   */
  of: "figure" | "ratio" | "excess" | "extra" | "extraExcess";
  against?: Name;
  extra?: string;
  /** Passed where the judged number is below (or at most, or at least) that. */
  test: "below" | "atMost" | "atLeast";
  limit: number;
}

/** A server that a contender needs, or is. */
export interface Service {
  port: number;
  end(): Promise<void>;
}

/** How one contender is to do one row. */
export interface Part<Settings> {
  settings: Settings;
  /** With smaller sizes than the row says; the table marks it. */
  reduced?: boolean;
  serve?(): Promise<Service>;
}

export interface Suite<Settings extends object> {
  /** As in `npm run bench:<name>`. */
  name: string;
  /** Folders in packages/ that have to be built; absent: stowage alone. */
  packages?: readonly string[];
  rows: Readonly<Record<string, RowInfo>>;
  contenders: Readonly<Record<string, ContenderInfo>>;
  /** Whom the bars are about. */
  subject: string;
  /** Who gets a table of ratios: everybody's figures to this one's. */
  comparisons: readonly { to: string; title: string }[];
  bars: readonly Bar[];
  settings: { full: Settings; quick: Settings };
  /** Who measures for so long as the flag says: its settings with another `--seconds`. Absent: there is no such flag. */
  lasting?(settings: Settings, seconds: number): Settings;
  repeats: Repeats;
  /** How a contender does a row, or why it does not. */
  part(row: string, contender: string, settings: Settings): Part<Settings> | Missing;
  /** Gets ready to measure: `inChildren`, or in a way of its own. */
  open(options: OpenOptions<Settings>): Promise<Measurer<Settings>>;
  text: {
    /** What `--quick` does, for the help. */
    quick: string;
    /** What `--seconds` does, where there is that flag. */
    seconds?: string;
    /** What the figures are, above their table. */
    units: string;
    /** What the marks in the table mean, below it. */
    marks: string;
    /** What else there is to say of a result; empty for nothing. */
    remarks(rows: RowResults): string;
  };
}

export interface OpenOptions<Settings> {
  settings: Settings;
  /** The Node that is measured on. */
  node: NodeBinary;
  stowageFrom: StowageFrom;
}

export interface Measurer<Settings> {
  /** The core that what is measured has to itself; null: none. */
  readonly core: number | null;
  measure(row: string, contender: string, part: Part<Settings>): Promise<Outcome | Missing>;
  close(): void | Promise<void>;
}

/** The program that measures, one process a figure. */
export interface Child {
  entry: URL;
  /** What it imports of Stowage: "." is `stowage`, "table" is `stowage/table`. */
  stowage: readonly string[];
  /** Node's, beside --expose-gc. */
  flags: readonly string[];
  /** Who is not done by then has no figure on that row: "too slow". */
  limitMs: number;
}

export interface Repeats {
  /** Contenders that the bars compare; these run every round, however long it takes. */
  always: readonly string[];
  /** Others run another round only where the first took no longer than that. */
  othersUpToMs: number;
  /** Rows that are no matter of time, so that repeating them tells nothing. */
  once(row: string): boolean;
}
