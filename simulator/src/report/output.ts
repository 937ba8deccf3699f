/** Standard output, whose reader may leave early (`| head`): then the rest is written to nobody, and that is no failure. */

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

export function writeOut(text: string): void {
  process.stdout.write(`${text}\n`);
}
