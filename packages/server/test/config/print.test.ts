/** What is told of the settings: the help, the print, the page. Nothing is told twice by hand. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import {
  ConfigError,
  describeConfig,
  flagText,
  gatherSources,
  helpText,
  loadConfig,
  printedConfig,
  settingNames,
  settings,
} from "../../src/config/index.js";
import type { Kind } from "../../src/config/kinds.js";
import { groups, type Setting } from "../../src/config/settings.js";
import { settingsPage } from "./settings-page.js";

const folder = mkdtempSync(join(tmpdir(), "stowage-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function sourcesBelow(path: string): string[] {
  const files = readdirSync(path, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts")).map((file) => join(path, file));
}

function fileOf(text: string | Buffer): string {
  const path = join(folder, "stowage.json");
  writeFileSync(path, text);
  return path;
}

describe("docs/server-settings.md", () => {
  it("lists every setting exactly as it is (vitest -u writes it anew)", async () => {
    const page = fileURLToPath(new URL("../../../../docs/server-settings.md", import.meta.url));
    const text = settingsPage();
    for (const name of settingNames)
      expect(text.split(`\`${flagText(name).replaceAll("|", "\\|")}\``)).toHaveLength(2);
    await expect(text).toMatchFileSnapshot(page);
  });
});

describe("--help", () => {
  const help = helpText();

  it("names each setting once, with its other names and its fallback", () => {
    for (const name of settingNames) {
      expect(
        help.split(`  ${flagText(name)} `).length + help.split(`  ${flagText(name)}\n`).length,
        name,
      ).toBe(3);
      for (const variable of (settings[name] as Setting<unknown>).also ?? [])
        expect(help).toContain(variable);
    }
    expect(help).toMatch(/--port PORT +TCP port; 0 takes any free one \(default: 4000; also PORT\)/);
    expect(help).toMatch(/--\[no-\]access-log +log every request \(default: false\)/);
  });

  it("has a heading for each group, and lines that fit on a terminal", () => {
    for (const group of groups) expect(help).toContain(`${group}:\n`);
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe("config --print", () => {
  const args = [
    "--memory",
    "1.5gb",
    "--tokens",
    "a,b",
    "--cors-origins",
    "http://a.example,http://b.example",
  ];
  const loaded = loadConfig({ args, env: { STOWAGE_DRAIN_TIMEOUT: "90s", LOG_LEVEL: "warning" } });

  it("says what counts and who said so", () => {
    const rows = describeConfig(loaded)
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows.map(([name]) => name)).toEqual(settingNames);
    const table = Object.fromEntries(rows.map(([name, ...more]) => [name, more]));
    expect(table).toMatchObject({
      port: ["4000", "default"],
      memory: ["1536mb", "--memory"],
      tokens: ["***", "--tokens"],
      "cors-origins": ["http://a.example,http://b.example", "--cors-origins"],
      "drain-timeout": ["90s", "STOWAGE_DRAIN_TIMEOUT"],
      "log-level": ["warn", "LOG_LEVEL"],
      "data-dir": ["-", "default"],
    });
  });

  it("prints values that mean the same in a file", () => {
    const printed = Object.entries(printedConfig(loaded));
    const content = Object.fromEntries(printed.map(([name, { value }]) => [name, value]));
    delete content.tokens;
    // Settings that others rule out when somebody says them.
    const alone = [
      "socket-mode",
      "snapshot-every",
      "l2-name",
      "l2-timeout",
      "l2-bound",
      "l1-ttl",
      "when-l2-down",
    ];
    for (const name of alone) delete content[name];
    const again = loadConfig({ args: [], env: {}, file: { path: "f", content } });
    expect({ ...again.config, tokens: null }).toEqual({ ...loaded.config, tokens: null });
  });

  it("has a form for every kind of value that is read as it was", () => {
    for (const name of settingNames) {
      const { kind, fallback } = settings[name] as Setting<unknown>;
      if (fallback !== null)
        expect((kind as Kind<unknown>).read(kind.plain(fallback)), name).toEqual(fallback);
    }
    const { kind } = settings.ttl;
    for (const ms of [1, 250, 1_000, 90_000, 3_600_000, 5_400_000, 86_400_001])
      expect(kind.read(kind.plain(ms))).toBe(ms);
  });
});

describe("the configuration file", () => {
  it("is named by a flag, or else by a variable, and stands behind both", () => {
    const path = fileOf('\u{feff}{"port": 1, "workers": 3}');
    const load = (args: string[], env = {}) => loadConfig(gatherSources(args, env));
    expect(load(["--config", path, "--port", "2"]).config).toMatchObject({ port: 2, workers: 3 });
    expect(load([`--config=${path}`]).origins.port).toBe(`"port" in ${path}`);
    expect(load([], { STOWAGE_CONFIG: path, STOWAGE_WORKERS: "5" }).config).toMatchObject({
      port: 1,
      workers: 5,
    });
    expect(load(["--config", path], { STOWAGE_CONFIG: "/nowhere" }).config.port).toBe(1);
    expect(load([], { STOWAGE_CONFIG: "" }).config.port).toBe(4000);
  });

  it("is refused by its name, and by the place of the fault, without what stands there", () => {
    const wrong = (text: string | Buffer) => {
      const path = fileOf(text);
      try {
        gatherSources(["--config", path], {});
      } catch (error) {
        return (error as ConfigError).message.replace(path, "FILE");
      }
      return "";
    };
    expect(wrong('{\n  "tokens": "s3cret",\n}')).toBe(
      "the configuration file FILE cannot be read: it is not JSON at line 3, column 1: a string is missing",
    );
    expect(wrong("")).toBe(
      "the configuration file FILE cannot be read: it is not JSON at line 1, column 1: the text ends too soon",
    );
    expect(wrong(Buffer.of(0x22, 0xff, 0x22))).toBe(
      "the configuration file FILE cannot be read: it is not UTF-8",
    );
    expect(() => gatherSources(["--config", join(folder, "none")], {})).toThrow(
      /^the configuration file .* cannot be read: ENOENT/,
    );
    for (const args of [["--config"], ["--config", ""], ["--config="], ["--config", "--port"]])
      expect(() => gatherSources(args, {})).toThrow("--config needs a value: a JSON file of settings");
    expect(() => gatherSources(["--config", "a", "--config=b"], {})).toThrow(ConfigError);
  });
});

describe("a setting", () => {
  it("is read by some code: none is accepted and ignored", () => {
    const sources = fileURLToPath(new URL("../../src/", import.meta.url));
    const code = sourcesBelow(sources)
      .filter((path) => !/config\/(load|together)\.ts$/.test(path))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const unread = settingNames.filter((name) => {
      const plain = `(config|settings)\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = [\\w.]*config\\b`;
      return !new RegExp(/^\w+$/.test(name) ? plain : `\\["${name}"\\]|"${name}": \\w+[ ,}]`).test(code);
    });
    // Its one effect is a refusal, by config/together.ts.
    expect(unread).toEqual(["require-auth"]);
  });
});
