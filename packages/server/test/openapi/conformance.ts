/**
 * Holds requests and responses against the OpenAPI document: what was answered has to stand there, in that form, and what
 * was answered with success must have been asked in a form that stands there.
 */
import { Ajv2020 } from "ajv/dist/2020.js";

export interface Exchanged {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly status: number;
  readonly answered: Readonly<Record<string, unknown>>;
  readonly content: string;
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Part = any;

const OWN_HEADERS = /^(stowage-|etag$|allow$|retry-after$|accept-ranges$|www-authenticate$)/;
const OWN_REQUEST_HEADERS = /^(stowage-|if-|last-event-id$)/;

export class Conformance {
  /** What does not agree. */
  readonly problems: string[] = [];
  /** `cache_get 200`, for each response of the document that was seen. */
  readonly seen = new Set<string>();
  readonly #document: Part;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: unknown) {
    this.#document = document;
    this.#ajv.addSchema(document as object, "document");
  }

  /** `cache_get 200`, for each response of the document. */
  all(): string[] {
    return this.operations().flatMap(({ operation }) =>
      Object.keys(operation.responses).map((status) => `${operation.operationId} ${status}`),
    );
  }

  operations(): { method: string; path: string; operation: Part }[] {
    return Object.entries<Part>(this.#document.paths).flatMap(([path, item]) =>
      ["get", "put", "post", "delete"]
        .filter((method) => method in item)
        .map((method) => ({ method: method.toUpperCase(), path, operation: item[method] })),
    );
  }

  check(exchanged: Exchanged): void {
    const { method, path, status } = exchanged;
    const [name] = path.split("?");
    const template = Object.keys(this.#document.paths).find((each) => matcher(each).test(name));
    const asked = method === "HEAD" ? "get" : method.toLowerCase();
    const item = template === undefined ? undefined : this.#document.paths[template];
    if (item === undefined || !(asked in item)) {
      if (![401, 404, 405, 429].includes(status))
        this.#report(exchanged, "the document has no such operation");
      return;
    }
    const at = ["paths", template as string, asked];
    this.#response(exchanged, at, item[asked]);
    if (status < 300 || status === 304) this.#request(exchanged, at, item[asked], item.parameters ?? []);
  }

  #response(exchanged: Exchanged, at: string[], operation: Part): void {
    const { status, answered, content, method } = exchanged;
    const known = String(status) in operation.responses ? String(status) : "default";
    if (known === "default" && status < 400) {
      this.#report(exchanged, `${status} is not documented`);
      return;
    }
    this.seen.add(`${operation.operationId} ${known}`);
    const [place, response] = this.#resolve([...at, "responses", known]);
    for (const [name, value] of Object.entries(answered))
      this.#header(exchanged, place, response, name, String(value));
    if (method === "HEAD") return;
    const type = String(answered["content-type"] ?? "").split(";")[0];
    if (response.content === undefined) {
      if (content !== "") this.#report(exchanged, "it has content, and should have none");
      return;
    }
    if (content === "" && type === "" && "*/*" in response.content) return;
    const media = type in response.content ? type : "*/*";
    if (!(media in response.content)) {
      this.#report(exchanged, `its content type is ${type}`);
      return;
    }
    if (type === "application/json" && media !== "*/*")
      this.#validate(exchanged, [...place, "content", media, "schema"], JSON.parse(content));
  }

  #header(exchanged: Exchanged, at: string[], response: Part, name: string, value: string): void {
    if (response.headers?.[name] === undefined) {
      if (OWN_HEADERS.test(name)) this.#report(exchanged, `its header ${name} is not documented`);
      return;
    }
    const [place] = this.#resolve([...at, "headers", name]);
    this.#validate(exchanged, [...place, "schema"], value);
  }

  #request(exchanged: Exchanged, at: string[], operation: Part, common: Part[]): void {
    const places = [
      ...(operation.parameters ?? []).map((_: Part, index: number) => [...at, "parameters", String(index)]),
      ...common.map((_, index) => [...at.slice(0, 2), "parameters", String(index)]),
    ];
    const parameters = places.map((place) => this.#resolve(place));
    const query = new URLSearchParams(exchanged.path.split("?")[1] ?? "");
    for (const [place, parameter] of parameters) this.#parameter(exchanged, place, parameter, query);
    const names = (where: string) =>
      parameters.filter(([, { in: its }]) => its === where).map(([, { name }]) => name);
    for (const name of query.keys())
      if (!names("query").includes(name)) this.#report(exchanged, `?${name} is not documented`);
    for (const name of Object.keys(exchanged.headers))
      if (OWN_REQUEST_HEADERS.test(name) && !names("header").includes(name))
        this.#report(exchanged, `the request's ${name} is not documented`);
    this.#body(exchanged, at, operation);
  }

  #parameter(exchanged: Exchanged, place: string[], parameter: Part, query: URLSearchParams): void {
    const { name, in: where, required } = parameter;
    const text =
      where === "query"
        ? query.get(name)
        : where === "header"
          ? (exchanged.headers[name] ?? null)
          : "in the path";
    if (text === null) {
      if (required) this.#report(exchanged, `the parameter ${name} is missing, and required`);
      return;
    }
    const [, schema] = this.#resolve([...place, "schema"]);
    this.#validate(exchanged, [...place, "schema"], schema.type === "integer" ? Number(text) : text);
  }

  #body(exchanged: Exchanged, at: string[], { requestBody }: Part): void {
    const { headers, body } = exchanged;
    if (body === undefined || body.length === 0) {
      if (requestBody?.required) this.#report(exchanged, "a body is required");
      return;
    }
    if (requestBody === undefined) {
      this.#report(exchanged, "a body is not documented");
      return;
    }
    const type = (headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
    const media = type in requestBody.content ? type : "*/*";
    if (!(media in requestBody.content)) {
      this.#report(exchanged, `a body of ${type} is not documented`);
      return;
    }
    if (media !== "*/*")
      this.#validate(exchanged, [...at, "requestBody", "content", media, "schema"], JSON.parse(String(body)));
  }

  #validate(exchanged: Exchanged, at: readonly string[], value: unknown): void {
    const pointer = at
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const id = `document#/${pointer}`;
    const validate = this.#ajv.getSchema(id) ?? this.#ajv.compile({ $ref: id });
    if (!validate(value))
      this.#report(
        exchanged,
        `${at.at(-2)}: ${this.#ajv.errorsText(validate.errors)}: ${JSON.stringify(value)?.slice(0, 300)}`,
      );
  }

  /** What stands at a place, and its own place if it is a reference. */
  #resolve(at: string[]): [place: string[], part: Part] {
    let part = this.#document;
    for (const name of at) part = part[name];
    if (part.$ref === undefined) return [at, part];
    return this.#resolve(part.$ref.slice(2).split("/"));
  }

  #report({ method, path, status }: Exchanged, what: string): void {
    this.problems.push(`${method} ${path.slice(0, 100)} ${status}: ${what}`);
  }
}

function matcher(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{[^}]*\}/g, "[^/]*")}$`);
}
