/** What AWS refuses or fails with by an answer of its own. */
export type AwsErrorName =
  | 'AccessDeniedException'
  | 'ExpiredTokenException'
  | 'ThrottlingException'
  | 'InternalServerError'
  | 'ResourceNotFoundException';

/** What a network, a proxy or AWS itself can do to one call. */
export type Fault =
  | { readonly kind: 'none' }
  /** Takes the request and never answers; it is not forwarded. */
  | { readonly kind: 'silent' }
  /** The call takes effect, its answer is lost, and the connection stays open. */
  | { readonly kind: 'unanswered' }
  /** The call takes effect; the head of its answer comes, and nothing after it. */
  | { readonly kind: 'stall' }
  /** The call takes effect; its answer has no end, a byte now and then. */
  | { readonly kind: 'drip' }
  /** Forwards the request after a while, if its client still waits. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Holds the request and forwards it after a while, even when its client has gone: a write that comes late. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Breaks the connection after a while; the request is not forwarded. */
  | { readonly kind: 'reset'; readonly ms: number }
  /** The call takes effect, and the connection breaks in place of an answer. */
  | { readonly kind: 'reset after' }
  /** Breaks the connections that were kept alive and idle, right when the next request comes over one of them. */
  | { readonly kind: 'close idle' }
  /** Nothing listens, and what was connected is cut: for all calls alike. */
  | { readonly kind: 'refuse connections' }
  /** A page of some proxy in between. */
  | { readonly kind: 'page'; readonly status: 200 | 403 | 502 | 503 }
  /** The call takes effect, and half of its answer comes: the length that the head tells is the whole's or the half's. */
  | { readonly kind: 'truncated'; readonly told: 'whole' | 'half' }
  | { readonly kind: 'empty'; readonly status: 200 | 400 | 429 | 500 }
  | { readonly kind: 'error'; readonly name: AwsErrorName };

export const HEALTHY: Fault = { kind: 'none' };

/** A fault in words, as tests and tables name it. */
export const nameOf = (fault: Fault): string => {
  switch (fault.kind) {
    case 'none':
      return 'healthy';
    case 'slow':
    case 'late':
      return `${fault.kind} by ${fault.ms} ms`;
    case 'reset':
      return fault.ms === 0 ? 'reset' : `reset after ${fault.ms} ms`;
    case 'reset after':
      return 'reset after the effect';
    case 'page':
      return `an HTML page with ${fault.status}`;
    case 'truncated':
      return `truncated, ${fault.told} length told`;
    case 'empty':
      return `an empty ${fault.status}`;
    case 'error':
      return fault.name;
    case 'silent':
    case 'unanswered':
    case 'stall':
    case 'drip':
    case 'close idle':
    case 'refuse connections':
      return fault.kind;
  }
};
