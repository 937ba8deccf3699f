/** Exit codes: what scripts may build on. Never renumbered. */

interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

const exit = (code: number, meaning: string): ExitCode => Object.freeze({ code, meaning });

export const exits = Object.freeze({
  done: exit(0, "done"),
  absent: exit(
    1,
    "there is no such entry, or a condition such as --if-absent does not hold; nothing was changed",
  ),
  usage: exit(2, "the command line, a setting or a variable is wrong"),
  unreachable: exit(3, "no server answers there"),
  unauthorised: exit(4, "the token is missing, unknown, or may not do that"),
  refused: exit(5, "the server refuses the request as it is: sending it again is of no use"),
  failed: exit(6, "the server failed, is overloaded, or is stopping: try again later"),
  local: exit(7, "something on this machine: a file cannot be read or written, the server cannot start"),
  internal: exit(70, "a mistake in this program"),
  interrupted: exit(130, "interrupted by Ctrl-C"),
});

export type ExitName = keyof typeof exits;
