/** Methods that every Buffer of Node has and its type declarations leave out: `toString` without the choice of an encoding. */
declare global {
  interface Buffer {
    latin1Slice(start?: number, end?: number): string;
    utf8Slice(start?: number, end?: number): string;
    latin1Write(text: string, start?: number, length?: number): number;
  }
}

export const noBytes: Buffer = Buffer.alloc(0);
