/** How a request can fail. */

/** There was no answer. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";

  constructor(
    /** Where the server should be. */
    readonly address: string,
    override readonly cause: unknown,
  ) {
    const { code, message } = cause as { code?: string; message: string };
    super(`no server answers at ${address}: ${reasons[code ?? ""] ?? message}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (ECONNREFUSED)",
  ENOENT: "there is no such socket (ENOENT)",
  EACCES: "this user may not use the socket (EACCES)",
  ENOTFOUND: "there is no such host (ENOTFOUND)",
  EAI_AGAIN: "the name of the host cannot be looked up now (EAI_AGAIN)",
  ECONNRESET: "the connection was broken off (ECONNRESET)",
  HPE_INVALID_CONSTANT: "what listens there does not speak HTTP",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is signed by nobody but itself: NODE_EXTRA_CA_CERTS may name it",
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate is signed by an authority that is not known here: NODE_EXTRA_CA_CERTS may name it",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "who signed its certificate is not known here: NODE_EXTRA_CA_CERTS may name it",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** The server answered that it will not, or cannot. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(
    readonly status: number,
    /** The server's own words, where it had some. */
    message: string,
    /** Its stable code, such as `invalid_json`; empty: it has none. */
    readonly code: string,
  ) {
    super(message);
  }
}
