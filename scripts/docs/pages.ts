/** Finds the Markdown pages of the repository, and checks that their relative links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { type Link, type Markdown, parseMarkdown } from "./markdown.js";

const skipped = new Set(["node_modules", "dist", "fixtures", "coverage", ".git"]);

export interface Page extends Markdown {
  /** Relative to the root. */
  readonly path: string;
}

export function pagesOf(root: string): Page[] {
  return markdownFiles(root, "").map((path) => readPage(root, path));
}

export function readPage(root: string, path: string): Page {
  return { path, ...parseMarkdown(readFileSync(join(root, path), "utf8")) };
}

function markdownFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownFiles(root, path);
      return entry.name.endsWith(".md") ? [path] : [];
    })
    .sort();
}

/** Says what is wrong with each link that stays in the repository; the network is not asked about others. */
export function brokenLinksOf(root: string, page: Page): string[] {
  return page.links.flatMap((link) => {
    const problem = problemWithLink(root, page, link);
    return problem === undefined ? [] : [`line ${link.line}: ${link.target}: ${problem}`];
  });
}

function problemWithLink(root: string, page: Page, { target }: Link): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [file, anchor] = target.split("#");
  const path = file === "" ? page.path : normalize(join(dirname(page.path), file));
  if (path.startsWith("..")) return "it leads out of the repository";
  if (!existsSync(join(root, path))) return "there is no such file";
  if (anchor === undefined || !basename(path).endsWith(".md")) return undefined;
  const { anchors } = file === "" ? page : readPage(root, path);
  return anchors.has(anchor) ? undefined : `${path} has no heading for #${anchor}`;
}
