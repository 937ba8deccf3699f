/** A contest as text: a table with a bar for the share of the optimum. */
import type { Contest, Standing } from "../contest.js";
import { bar } from "./bars.js";
import { millions, percent } from "./numbers.js";
import type { Paint } from "./paint.js";

const NAME_WIDTH = 26;
const BAR_WIDTH = 15;

/** Widths add up to 80 columns at most. */
export function contestReport(contest: Contest, versionOf: (name: string) => string, paint: Paint): string[] {
  const yardstick = contest.standings.find(({ peer }) => peer.name === "lru-cache");
  const rows = contest.standings.map((standing) => standingRow(standing, versionOf, yardstick, paint));
  return [paint.bold(heads()), paint.dim("─".repeat(heads().length)), optimumRow(contest), ...rows];
}

function heads(): string {
  return row("", "hits", "of optimum", " ".repeat(BAR_WIDTH), "Mreq/s", "× lru-cache");
}

function optimumRow({ optimumHitRatio }: Contest): string {
  return row(
    "optimum (sees the future)",
    `${percent(optimumHitRatio)} %`,
    "100.0 %",
    bar(1, BAR_WIDTH),
    "",
    "",
  ).trimEnd();
}

function standingRow(
  standing: Standing,
  versionOf: (name: string) => string,
  yardstick: Standing | undefined,
  paint: Paint,
): string {
  const { peer, hitRatio, ofOptimum, requestsPerSecond } = standing;
  const drawn = bar(ofOptimum, BAR_WIDTH).padEnd(BAR_WIDTH);
  const ratio = yardstick === undefined ? "" : (requestsPerSecond / yardstick.requestsPerSecond).toFixed(2);
  const text = row(
    `${peer.name} ${versionOf(peer.name)}${peer.note === undefined ? "" : " *"}`,
    `${percent(hitRatio)} %`,
    `${(ofOptimum * 100).toFixed(1)} %`,
    drawn,
    millions(requestsPerSecond),
    ratio,
  );
  return peer.name === "stowage" ? paint.bold(text) : text;
}

function row(
  name: string,
  hits: string,
  ofOptimum: string,
  drawn: string,
  speed: string,
  ratio: string,
): string {
  const cells = [
    name.padEnd(NAME_WIDTH),
    hits.padStart(8),
    ofOptimum.padStart(11),
    ` ${drawn}`,
    speed.padStart(7),
    ratio.padStart(12),
  ];
  return cells.join("");
}
