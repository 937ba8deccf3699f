import { expect, it } from "vitest";
import { installRequirements } from "../requirements.js";

const ran: string[] = [];
const machine =
  (...works: string[]) =>
  (command: string, args: readonly string[]) => {
    ran.push([command, ...args].join(" "));
    return works.includes(command);
  };

it("asks nothing of the system where everything is there", () => {
  ran.length = 0;
  expect(installRequirements(machine("cc", "chromium", "apt-get"))).toBeUndefined();
  expect(ran).toEqual(["cc --version", "chromium --version"]);
});

it("installs what is missing", () => {
  ran.length = 0;
  expect(installRequirements(machine("apt-get"))).toBeUndefined();
  expect(ran.at(-1)).toBe("apt-get install --yes --no-install-recommends gcc libc6-dev chromium");
});

it("names the packages where they cannot be installed", () => {
  expect(installRequirements(machine())).toMatch(/gcc, libc6-dev, chromium/);
});
