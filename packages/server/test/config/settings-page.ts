/** docs/server-settings.md as it has to be: its tables are made of the table of settings. */
import {
  fallbackText,
  flagText,
  type SettingName,
  settingNames,
  settings,
  variableOf,
} from "../../src/config/index.js";
import { groups, type Setting } from "../../src/config/settings.js";

const intro = `# Settings of the server

Every setting can be said in three places. Where several say something, the first of these counts:

1. a flag: \`--data-dir /var/lib/stowage\`, \`--data-dir=/var/lib/stowage\`; for those that are on or off \`--access-log\`,
   \`--no-access-log\`, \`--access-log=off\`
2. a variable: \`STOWAGE_DATA_DIR=/var/lib/stowage\`, and after it the other variables named below, which Lix Cache's users
   and hosting platforms set. An empty variable is as good as none
3. a JSON file, named by \`--config FILE\` or \`STOWAGE_CONFIG\`: \`{"data-dir": "/var/lib/stowage", "workers": 4}\`

\`\`\`sh
npm start -- --port 4001 --memory 1gb
STOWAGE_MEMORY=1gb LIX_API_KEYS=one,two npm start
npm start -- --config stowage.json
\`\`\`

Sizes are numbers of bytes or texts such as \`64kb\`, \`256mb\`, \`1.5gb\` (powers of 1024), durations texts such as \`250ms\`,
\`5s\`, \`1h30m\`. Lists are separated by commas; in the file they may be lists.

What is wrong is said before the port is opened, all of it at once, with the name of the flag, variable or member that said
it: unknown names (with the nearest known one), values out of range, settings that exclude each other, and settings
that would do nothing, such as \`snapshot-every\` without \`data-dir\`. The process then ends with exit code 2.
\`stowage config --print\` shows what counts and who said so, with stars in the place of secrets; \`--json\` for programs.

This page is compared with the settings by a test; \`stowage serve --help\` is made of the same table.
`;

const notes = `
## Coming from Lix Cache

A Lix deployment's variables are taken as they are.

- \`LIX_CACHE_LIMIT\` is \`max\`: a number of entries that is never exceeded, not for a moment. Lix has 100,000 (as documented) or
  500,000 (in its code) when nothing is said; here nothing said means as many entries as fit into \`memory\`, which bounds the
  cache in any case: give it enough memory for as many entries as you ask for.
- \`LIX_AUTH_ENABLED=true\` without \`LIX_API_KEYS\` is refused, since nobody could get in. \`LIX_API_KEYS\` alone turns auth on;
  with \`LIX_AUTH_ENABLED=false\` beside it, it is off.
- \`LOG_LEVEL\` takes Elixir's names too: \`emergency\`, \`alert\` and \`critical\` are \`fatal\`, \`warning\` is \`warn\`, \`notice\` is \`info\`.
- The server listens on 127.0.0.1 unless \`host\` says otherwise: in a container, say \`STOWAGE_HOST=0.0.0.0\`, and see
  [who may do what](server-access.md).

## In Kubernetes

A Service called \`stowage\` puts variables such as \`STOWAGE_PORT=tcp://10.0.0.1:4000\` and \`STOWAGE_SERVICE_HOST\` into every pod
beside it. They are told from settings by their form, and passed over.
`;

export function settingsPage(): string {
  return `${intro}${groups.map((group) => `\n## ${group}\n\n${tableOf(group)}`).join("")}${notes}`;
}

function tableOf(group: string): string {
  const names = settingNames.filter((name) => settings[name].group === group);
  const rows = names.map((name) => {
    const { about, also = [], kind } = settings[name] as Setting<unknown>;
    const variables = [variableOf(name), ...also].map(code);
    return [
      code(flagText(name)),
      variables.join(", "),
      fallback(name),
      sentence(about),
      sentence(kind.expected),
    ];
  });
  const head = ["flag", "variables", "default", "what it does", "what it takes"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");
}

function fallback(name: SettingName): string {
  const text = fallbackText(name);
  const isWords = (settings[name] as Setting<unknown>).fallbackText !== undefined;
  return text === "" || isWords ? text : code(text);
}

const code = (text: string) => `\`${text}\``;
const sentence = (text: string) => text[0].toUpperCase() + text.slice(1);
const cell = (text: string) => text.replaceAll("|", "\\|");
