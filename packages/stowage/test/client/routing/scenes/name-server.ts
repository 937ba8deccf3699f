/** A name server that knows some SRV records, over UDP on a port of its own: RFC 1035 and RFC 2782, no more of it than that. */
import { createSocket } from "node:dgram";

interface Place {
  readonly name: string;
  readonly port: number;
}

const typeSrv = 33;
const classIn = 1;
const noSuchName = 3;

export async function nameServer(
  records: Readonly<Record<string, readonly Place[]>>,
): Promise<{ port: number; close(): void }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => socket.send(answer(query, records), port, address));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return { port: socket.address().port, close: () => socket.close() };
}

function answer(query: Buffer, records: Readonly<Record<string, readonly Place[]>>): Buffer {
  const { name, end } = readName(query, 12);
  const places = records[name];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2); // the number of the query
  header.writeUInt16BE(0x8580 | (places === undefined ? noSuchName : 0), 2); // an answer, with authority
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(places?.length ?? 0, 6);
  return Buffer.concat([
    header,
    query.subarray(12, end + 4),
    ...(places ?? []).map((place) => record(name, place)),
  ]);
}

function record(name: string, { name: target, port }: Place): Buffer {
  const host = writeName(target);
  const fixed = Buffer.alloc(16);
  fixed.writeUInt16BE(typeSrv, 0);
  fixed.writeUInt16BE(classIn, 2);
  fixed.writeUInt32BE(60, 4); // seconds to live
  fixed.writeUInt16BE(6 + host.length, 8);
  fixed.writeUInt16BE(10, 10); // priority
  fixed.writeUInt16BE(50, 12); // weight
  fixed.writeUInt16BE(port, 14);
  return Buffer.concat([writeName(name), fixed, host]);
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  while (message[at] !== 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  return { name: labels.join("."), end: at + 1 };
}

function writeName(name: string): Buffer {
  const labels = name
    .split(".")
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
