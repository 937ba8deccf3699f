/**
 * One order that random scripts hardly find: a reader has the old value on its way from L2, the message of the write is lost, the loss
 * is found, and then the value arrives.
 */
import { settle } from "../../../../src/testing/fake-clock.js";
import { Fleet } from "./fleet.js";

/** @returns what it found; undefined: all is as it should be */
export async function faultOfLateReader(): Promise<string | undefined> {
  const fleet = new Fleet(2);
  const [writer, reader] = fleet.processes;
  const share = async (): Promise<void> => {
    for (const { line } of fleet.processes) line.hand();
    for (const { line } of fleet.processes) line.tell();
    await settle();
  };
  const write = async (): Promise<void> => {
    fleet.set(writer, "a", [], false);
    await settle();
    for (let step = 0; step < 4; step++) {
      fleet.world.goOf(writer.id);
      await settle();
    }
  };
  for (let beat = 0; beat < 6; beat++) {
    await share();
    await fleet.pass(2);
  }
  await write();
  await share();
  fleet.read(reader, "a");
  await settle();
  fleet.world.goOf(reader.id);
  await settle();
  await write();
  reader.line.lost = 1;
  await share();
  await fleet.pass(2);
  await share();
  for (let step = 0; step < 6; step++) {
    fleet.world.goOf(reader.id);
    await settle();
  }
  await fleet.end();
  for (const one of fleet.processes) one.kill();
  return fleet.fault;
}
