/** nginx with `return 200`: a server that does nothing, in C. What HTTP over loopback costs at the least. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type InstalledProgram, versionOfProgram, versionOrNone } from "../../harness/programs.js";
import { childrenOf, startService } from "../../harness/service.js";
import { http } from "../exchanges.js";
import { keyOf } from "../items.js";
import type { Contender } from "./contender.js";

const program: InstalledProgram = {
  program: "nginx",
  args: ["-v"],
  version: /nginx\/(\S+)/,
  howToInstall:
    "nginx is not installed; `apt-get install nginx-light` (Debian, Ubuntu) or `brew install nginx` gets it",
};

const content = "ok";

const configuration = (port: number, workers: number, folder: string) => `
worker_processes ${workers};
daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} reuseport;
    location / { return 200 "${content}"; }
  }
}
`;

export const contender: Contender = {
  package: null,
  version: () => versionOrNone(program),
  heading: "nginx",
  protocol: "http",
  missing: () => (versionOfProgram(program) === undefined ? program.howToInstall : undefined),
  exchange(operation) {
    if (operation.verb !== "get" || operation.family !== "small") return undefined;
    return { request: http("GET", `/cache/get?key=${keyOf("small")}`), answer: content, status: 200 };
  },
  keeps: "nothing",
  async start({ prefix, workers, folder }) {
    const { port, pid, end } = await startService({
      name: "nginx",
      command(port) {
        const path = join(folder, `nginx-${workers}.conf`);
        writeFileSync(path, configuration(port, workers, folder));
        return [...prefix, "nginx", "-p", folder, "-c", path];
      },
    });
    return { port, pids: [pid, ...childrenOf(pid)], end };
  },
};
