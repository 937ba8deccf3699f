import { beforeEach, expect, it } from "vitest";
import { installRequirements } from "../requirements.js";

const ran: string[] = [];
/** @param works commands, with the argument that they work for, where it is only one */
const machine =
  (...works: string[]) =>
  (command: string, args: readonly string[]) => {
    const line = [command, ...args].join(" ");
    ran.push(line);
    return works.some((each) => line === each || line.startsWith(`${each} `));
  };

beforeEach(() => {
  ran.length = 0;
});

it("asks nothing of the system where everything is there", () => {
  const all = machine("cc", "chromium", "redis-server", "initdb", "apt-get", "sh");
  expect(installRequirements(all)).toBeUndefined();
  expect(ran).toEqual(["cc --version", "chromium --version", "redis-server --version", "initdb --version"]);
});

it("finds PostgreSQL where Debian has it, which is not on PATH", () => {
  expect(installRequirements(machine("cc", "chromium", "redis-server", "sh", "apt-get"))).toBeUndefined();
  expect(ran.at(-1)).toMatch(/\/usr\/lib\/postgresql\/\*\/bin\/initdb/);
});

it("installs what is missing, and lets no service start meanwhile", () => {
  expect(installRequirements(machine("apt-get"))).toBeUndefined();
  const [update, refuse, install, allow] = ran.slice(-4);
  expect(update).toBe("apt-get update");
  expect(refuse).toMatch(/^sh -c \[ -e \/usr\/sbin\/policy-rc\.d \] \|\| .*exit 101/);
  expect(install).toBe(
    "apt-get install --yes --no-install-recommends gcc libc6-dev chromium redis-server postgresql",
  );
  expect(allow).toMatch(/^sh -c .*rm \/usr\/sbin\/policy-rc\.d/);
});

it("lets services start again where the packages could not be installed", () => {
  expect(installRequirements(machine("apt-get update"))).toMatch(/redis-server, postgresql/);
  expect(ran.at(-1)).toMatch(/rm \/usr\/sbin\/policy-rc\.d/);
});

it("names the packages where they cannot be installed", () => {
  expect(installRequirements(machine())).toMatch(/gcc, libc6-dev, chromium, redis-server, postgresql/);
});
