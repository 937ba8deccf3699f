/**
 * The parts of a Markdown file that the documentation tests look at: fenced code blocks with the HTML comment
 * that may stand before them, relative links, headings. Not a Markdown parser: it knows the forms these docs use
 * (backtick fences, `#` headings, inline and reference links).
 */
export interface Block {
  readonly lang: string;
  readonly code: string;
  /** Line of the first line of code, from 1. */
  readonly line: number;
  /** Text of an `<!-- example: ... -->` comment directly before the fence: `continues`. */
  readonly note: string | undefined;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Markdown {
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  /** Anchors that headings make, as GitHub spells them. */
  readonly anchors: ReadonlySet<string>;
  /** Everything outside fences, line by line; fenced lines are empty. */
  readonly prose: readonly string[];
}

export function parseMarkdown(text: string): Markdown {
  const { blocks, prose } = splitFences(text.split("\n"));
  return { blocks, prose, links: linksIn(prose), anchors: anchorsOf(prose) };
}

function splitFences(lines: string[]): { blocks: Block[]; prose: string[] } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(`{3,})\s*([\w-]*)/.exec(lines[at]);
    if (fence === null) {
      prose.push(lines[at]);
      continue;
    }
    const [, indent, ticks, lang] = fence;
    const end = closingFence(lines, at + 1, ticks);
    const code = lines
      .slice(at + 1, end)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ lang, code: code.join("\n"), line: at + 2, note: noteBefore(prose) });
    for (let fenced = at; fenced <= end; fenced++) prose.push("");
    at = end;
  }
  return { blocks, prose };
}

function closingFence(lines: string[], from: number, ticks: string): number {
  const end = lines.findIndex((line, at) => at >= from && line.trim() === ticks);
  if (end === -1) throw new Error(`line ${from}: a code fence is not closed`);
  return end;
}

/** The comment that ends on the last non-empty line before the fence. */
function noteBefore(prose: readonly string[]): string | undefined {
  const before = prose.join("\n").trimEnd();
  if (!before.endsWith("-->")) return undefined;
  const comment = before.slice(before.lastIndexOf("<!--"));
  return /^<!--\s*example:([\s\S]*?)-->$/.exec(comment)?.[1].trim();
}

function linksIn(prose: readonly string[]): Link[] {
  const links: Link[] = [];
  prose.forEach((line, at) => {
    const text = line.replace(/`[^`]*`/g, "");
    for (const [, inline, reference] of text.matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]:\s*(\S+)/g)) {
      links.push({ target: inline ?? reference, line: at + 1 });
    }
  });
  return links;
}

function anchorsOf(prose: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const line of prose) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/** GitHub's rule: lower case, punctuation gone, spaces to hyphens. */
function slugOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
