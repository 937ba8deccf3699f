/** The steps of cases, and short ways to write them. */

export interface Step {
  /** `GET /cache/get?key=a`; `wait 1000` lets so many milliseconds pass. */
  readonly send: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  /** To the byte, or what it has to match. */
  readonly text?: string | RegExp;
  readonly fields?: Readonly<Record<string, string | RegExp>>;
}

export interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

export const done = '{"success":true}';
export const absent = '{"error":"not found"}';

export const get = (key: string, value: string): Step => ({
  send: `GET /cache/get?key=${key}`,
  status: 200,
  text: `{"value":${value}}`,
});
export const gone = (key: string): Step => ({ send: `GET /cache/get?key=${key}`, status: 404, text: absent });
export const set = (body: string): Step => ({ send: "POST /cache/set", body, status: 200, text: done });
export const post = (verb: string, body: string | Buffer, status: number, text: string | RegExp): Step => ({
  send: `POST /cache/${verb}`,
  body,
  status,
  text,
});
export const wait = (ms: number): Step => ({ send: `wait ${ms}` });
export const refused = (verb: string, body: string | Buffer, text: RegExp): Step =>
  post(verb, body, 400, text);
export const one = (name: string, ...steps: Step[]): Case => ({ name, steps });

export const sum = (verb: "incr" | "decr", body: string, value: string): Step =>
  post(verb, body, 200, `{"value":${value}}`);

export const batch = (operations: string, results: string | RegExp): Step =>
  post(
    "batch",
    `{"operations":${operations}}`,
    200,
    typeof results === "string" ? `{"results":${results}}` : results,
  );
export const scan = (text: string): Step => ({ send: "GET /cache/scan", status: 200, text });

/** Two entries, to have some. */
export const two = [set('{"key":"user:1","value":1}'), set('{"key":"page:1","value":2}')];
