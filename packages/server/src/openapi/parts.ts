/** The pieces that operations of the OpenAPI document are put together from. */

/** A part of the document: plain data. */
export type Part = Readonly<Record<string, unknown>>;

export function ref(kind: "schemas" | "parameters" | "headers" | "responses", name: string): Part {
  return { $ref: `#/components/${kind}/${name}` };
}

export function schema(name: string): Part {
  return ref("schemas", name);
}

/** An object with exactly these members; those whose name ends with `?` may be left out. */
export function object(members: Readonly<Record<string, Part>>, more: Part = {}): Part {
  const names = Object.keys(members);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace("?", ""), members[name]])),
    required: names.filter((name) => !name.endsWith("?")),
    additionalProperties: false,
    ...more,
  };
}

export function arrayOf(items: Part): Part {
  return { type: "array", items };
}

export function json(body: Part): Part {
  return { "application/json": { schema: body } };
}

export const text: Part = { type: "string" };
export const count: Part = { type: "integer", minimum: 0 };
export const number: Part = { type: "number" };
export const yes: Part = { const: true };

/** A response with JSON, and which headers beside those of every response. */
export function answer(description: string, body: Part, headers: readonly string[] = []): Part {
  return { description, headers: headersOf(headers), content: json(body) };
}

/** A response without content. */
export function empty(description: string, headers: readonly string[] = []): Part {
  return { description, headers: headersOf(headers) };
}

/** A response with the value of an entry, of whatever type it was stored with. */
export function value(description: string, headers: readonly string[]): Part {
  return { description, headers: headersOf(headers), content: { "*/*": { schema: {} } } };
}

/** The responses of an operation: its own, and those that go with every one that needs a token. */
export function responses(own: Readonly<Record<string, Part>>, faults: readonly number[] = []): Part {
  const common = [400, 401, 403, 429, ...faults].map((status) => [
    String(status),
    ref("responses", `Fault${status}`),
  ]);
  return { ...Object.fromEntries(common), ...own, default: ref("responses", "Fault") };
}

export function body(required: boolean, content: Part, description = ""): Part {
  return { required, content, ...(description !== "" && { description }) };
}

function headersOf(names: readonly string[]): Part {
  return Object.fromEntries(["x-request-id", ...names].map((name) => [name, ref("headers", name)]));
}
