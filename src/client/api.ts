// @ts-nocheck: this file's own inside; whoever calls it is checked against its types.
/**
 * ssm-activation-api
 * 0.1.0
 * DO NOT MODIFY - This file has been generated using oazapfts.
 * See https://www.npmjs.com/package/oazapfts
 */
import * as Oazapfts from '@oazapfts/runtime';
import * as QS from '@oazapfts/runtime/query';
export const defaults: Oazapfts.Defaults<Oazapfts.CustomHeaders> = {
  headers: {},
  baseUrl: 'https://api.example.com/latest',
};
const oazapfts = Oazapfts.runtime(defaults);
export const servers = {
  deployedApiGateway: ({ host = 'api.example.com' }: { host: string | number | boolean }) =>
    `https://${host}/latest`,
  localNpmStart: 'http://127.0.0.1:8080',
};
export type Activation = {
  ActivationId: string;
  ActivationCode: string;
  Name: string;
  Region: string;
  ExpirationDate: string;
  Tags: {
    [key: string]: string;
  };
};
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  errors?:
    | {
        field: string;
        message: string;
      }[]
    | undefined;
};
export type Tagged = {
  InstanceId: string;
  Name: string;
  Tags: {
    [key: string]: string;
  };
};
export type TagsPending = {
  Status: 'Pending';
  Name: string;
  Tags: {
    [key: string]: string;
  };
};
export type Node = {
  Name: string;
  InstanceId?: string | undefined;
  Status: 'Issued' | 'Settling' | 'Registered' | 'Released' | 'Expired' | 'Revoked' | 'Deregistered';
  /** A machine that registered and is not the node of the name yet: what came before it may not be known until then. */
  Settling?:
    | {
        InstanceId: string;
        Until: string;
      }
    | undefined;
  PingStatus?: ('Online' | 'ConnectionLost' | 'Inactive') | undefined;
  LastPingDateTime?: string | undefined;
  AgentVersion?: string | undefined;
  /** As the agent reports it. */
  IPAddress?: string | undefined;
  ActivationId?: string | undefined;
  RegistrationDate?: string | undefined;
  ExpirationDate?: string | undefined;
  Tags: {
    [key: string]: string;
  };
  Identity?:
    | {
        Proof: 'instance-identity' | 'join-token' | 'oidc' | 'network' | 'adopted';
        Subject: string;
      }
    | undefined;
};
export type Nodes = {
  Nodes: Node[];
  NextCursor?: string | undefined;
  /** Says what is missing from the answer and why. */
  Warning?: string | undefined;
};
export type NewToken = {
  TokenId: string;
  Status: 'Active' | 'Exhausted' | 'Expired' | 'Revoked';
  Description: string;
  NamePattern: string;
  MaxNames: number;
  /** The names that it let in. */
  Names: string[];
  Tags: {
    [key: string]: string;
  };
  Cidrs: string[];
  Rejoin: boolean;
  ExpirationDate: string;
  CreatedDate: string;
  CreatedBy: string;
  RevokedDate?: string | undefined;
  RevokedBy?: string | undefined;
  /** The whole bearer token; it is shown this once. */
  Token: string;
};
export type Token = {
  TokenId: string;
  Status: 'Active' | 'Exhausted' | 'Expired' | 'Revoked';
  Description: string;
  NamePattern: string;
  MaxNames: number;
  /** The names that it let in. */
  Names: string[];
  Tags: {
    [key: string]: string;
  };
  Cidrs: string[];
  Rejoin: boolean;
  ExpirationDate: string;
  CreatedDate: string;
  CreatedBy: string;
  RevokedDate?: string | undefined;
  RevokedBy?: string | undefined;
};
export type Tokens = {
  Tokens: Token[];
  NextCursor?: string | undefined;
};
export type Event = {
  EventId: string;
  EventTime: string;
  Event:
    | 'ActivationIssued'
    | 'ActivationRevoked'
    | 'ActivationExpired'
    | 'NodeSettling'
    | 'NodeLinked'
    | 'NodeDisowned'
    | 'NodeReplaced'
    | 'NodeReleased'
    | 'NodeRemoved'
    | 'NodeGone'
    | 'NodeAdopted'
    | 'TagsAccepted'
    | 'TagsApplied'
    | 'TagsRefused'
    | 'TagsDropped'
    | 'RequestRefused'
    | 'TokenCreated'
    | 'TokenRevoked';
  Name?: string | undefined;
  Identity: {
    Proof:
      | ('instance-identity' | 'join-token' | 'oidc' | 'network' | 'adopted')
      | ('operator' | 'sweep' | 'none');
    Subject: string;
  };
  InstanceId?: string | undefined;
  ActivationId?: string | undefined;
  Tags?:
    | {
        [key: string]: string;
      }
    | undefined;
  Code?:
    | (
        | 'InvalidRequest'
        | 'InvalidIdentity'
        | 'OperatorRequired'
        | 'IdentityExpired'
        | 'IdentityNotYetValid'
        | 'AccountNotAllowed'
        | 'RegionNotAllowed'
        | 'AddressNotAllowed'
        | 'OriginNotAllowed'
        | 'ClaimNotAllowed'
        | 'TokenRevoked'
        | 'TokenExhausted'
        | 'NameNotAllowed'
        | 'TagNotAllowed'
        | 'TagRequired'
        | 'NameHeldByOtherProof'
        | 'NameUnknown'
        | 'TokenUnknown'
        | 'RouteUnknown'
        | 'MethodNotAllowed'
        | 'AlreadyRegistered'
        | 'TooManyTags'
        | 'TagsRefused'
        | 'BodyTooLarge'
        | 'UnsupportedMediaType'
        | 'HostUnknown'
        | 'ActivationInProgress'
        | 'IssuerUnavailable'
        | 'SystemsManagerUnavailable'
        | 'SystemsManagerRefused'
        | 'NodeRoleUnusable'
        | 'LedgerUnavailable'
        | 'LedgerRefused'
        | 'ServiceUnavailable'
        | 'InternalError'
      )
    | undefined;
  Detail?: string | undefined;
  RequestId?: string | undefined;
  /** Of a refusal: how often it came within ten minutes, at least. EventTime is of the first. */
  Count?: number | undefined;
  /** Of a refusal that came more than once: when it last did, to the minute. */
  LastEventTime?: string | undefined;
};
export type Events = {
  Events: Event[];
  NextCursor?: string | undefined;
};
export type IdentityCheck = {
  Accepted: boolean;
  Code?:
    | (
        | 'InvalidRequest'
        | 'InvalidIdentity'
        | 'OperatorRequired'
        | 'IdentityExpired'
        | 'IdentityNotYetValid'
        | 'AccountNotAllowed'
        | 'RegionNotAllowed'
        | 'AddressNotAllowed'
        | 'OriginNotAllowed'
        | 'ClaimNotAllowed'
        | 'TokenRevoked'
        | 'TokenExhausted'
        | 'NameNotAllowed'
        | 'TagNotAllowed'
        | 'TagRequired'
        | 'NameHeldByOtherProof'
        | 'NameUnknown'
        | 'TokenUnknown'
        | 'RouteUnknown'
        | 'MethodNotAllowed'
        | 'AlreadyRegistered'
        | 'TooManyTags'
        | 'TagsRefused'
        | 'BodyTooLarge'
        | 'UnsupportedMediaType'
        | 'HostUnknown'
        | 'ActivationInProgress'
        | 'IssuerUnavailable'
        | 'SystemsManagerUnavailable'
        | 'SystemsManagerRefused'
        | 'NodeRoleUnusable'
        | 'LedgerUnavailable'
        | 'LedgerRefused'
        | 'ServiceUnavailable'
        | 'InternalError'
      )
    | undefined;
  /** Who the proof says is calling; absent when it is not genuine. */
  Subject?: string | undefined;
  Checks: {
    Check: string;
    Result: 'passed' | 'failed' | 'not reached';
    Detail: string;
  }[];
};
/**
 * Mint the activation of the machine that calls
 */
export function activateByQuery(
  {
    name,
    tags,
    format,
  }: {
    name?: string;
    tags?: string | string[];
    format?: 'json' | 'env';
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Activation;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 409;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 429;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/activate${QS.query(
      QS.explode({
        name,
        tags,
        format,
      }),
    )}`,
    {
      ...opts,
    },
  );
}
/**
 * Mint the activation of the machine that calls
 */
export function activate(
  body: {
    name?: string | undefined;
    tags?:
      | (
          | string
          | {
              [key: string]: string;
            }
          | {
              Key: string;
              Value: string;
            }[]
        )
      | undefined;
    instanceIdentity?: string | undefined;
    format?: ('json' | 'env') | undefined;
  } | null,
  {
    name,
    tags,
    format,
  }: {
    name?: string;
    tags?: string | string[];
    format?: 'json' | 'env';
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Activation;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 409;
        data: Problem;
      }
    | {
        status: 413;
        data: Problem;
      }
    | {
        status: 415;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 429;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/activate${QS.query(
      QS.explode({
        name,
        tags,
        format,
      }),
    )}`,
    oazapfts.json({
      ...opts,
      method: 'POST',
      body,
    }),
  );
}
/**
 * Set tags on the node of the machine that calls
 */
export function tagByQuery(
  {
    name,
    tags,
  }: {
    name?: string;
    tags?: string | string[];
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Tagged;
      }
    | {
        status: 202;
        data: TagsPending;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 409;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 429;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/tag${QS.query(
      QS.explode({
        name,
        tags,
      }),
    )}`,
    {
      ...opts,
    },
  );
}
/**
 * Set tags on the node of the machine that calls
 */
export function tag(
  body: {
    name?: string | undefined;
    tags?:
      | (
          | string
          | {
              [key: string]: string;
            }
          | {
              Key: string;
              Value: string;
            }[]
        )
      | undefined;
    instanceIdentity?: string | undefined;
  } | null,
  {
    name,
    tags,
  }: {
    name?: string;
    tags?: string | string[];
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Tagged;
      }
    | {
        status: 202;
        data: TagsPending;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 409;
        data: Problem;
      }
    | {
        status: 413;
        data: Problem;
      }
    | {
        status: 415;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 429;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/tag${QS.query(
      QS.explode({
        name,
        tags,
      }),
    )}`,
    oazapfts.json({
      ...opts,
      method: 'POST',
      body,
    }),
  );
}
/**
 * List which node is which machine
 */
export function listNodes(
  {
    name,
    prefix,
    instanceId,
    status,
    tag,
    limit,
    cursor,
  }: {
    name?: string;
    prefix?: string;
    instanceId?: string;
    status?: 'Issued' | 'Settling' | 'Registered' | 'Released' | 'Expired' | 'Revoked' | 'Deregistered';
    tag?: string;
    limit?: number;
    cursor?: string;
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Nodes;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/nodes${QS.query(
      QS.explode({
        name,
        prefix,
        instanceId,
        status,
        tag,
        limit,
        cursor,
      }),
    )}`,
    {
      ...opts,
    },
  );
}
/**
 * Show one node, with its live ping status
 */
export function getNode(id: string, opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Node;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(`/nodes/${encodeURIComponent(id)}`, {
    ...opts,
  });
}
/**
 * Deregister a node and revoke a live activation; the name is free
 */
export function removeNode(id: string, opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Node;
      }
    | {
        status: 202;
        data: Node;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(`/nodes/${encodeURIComponent(id)}`, {
    ...opts,
    method: 'DELETE',
  });
}
/**
 * Set tags on a node
 */
export function tagNode(
  id: string,
  body: {
    tags:
      | string
      | {
          [key: string]: string;
        }
      | {
          Key: string;
          Value: string;
        }[];
  },
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Tagged;
      }
    | {
        status: 202;
        data: TagsPending;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 409;
        data: Problem;
      }
    | {
        status: 413;
        data: Problem;
      }
    | {
        status: 415;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 429;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/nodes/${encodeURIComponent(id)}/tags`,
    oazapfts.json({
      ...opts,
      method: 'PUT',
      body,
    }),
  );
}
/**
 * Remove tags from a node
 */
export function untagNode(keys: string | string[], id: string, opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Tagged;
      }
    | {
        status: 202;
        data: TagsPending;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 409;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 429;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/nodes/${encodeURIComponent(id)}/tags${QS.query(
      QS.explode({
        keys,
      }),
    )}`,
    {
      ...opts,
      method: 'DELETE',
    },
  );
}
/**
 * Let a name activate again once
 */
export function releaseNode(id: string, opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Node;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(`/nodes/${encodeURIComponent(id)}/release`, {
    ...opts,
    method: 'POST',
  });
}
/**
 * Make a join token; its secret is shown this once
 */
export function createToken(
  body: {
    /** `*` stands for any run of characters, everything else for itself. */
    namePattern: string;
    tags?:
      | {
          [key: string]: string;
        }
      | undefined;
    maxNames?: number | undefined;
    expiresAt: string;
    cidrs?: string[] | undefined;
    rejoin?: boolean | undefined;
    description?: string | undefined;
  },
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 201;
        data: NewToken;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 413;
        data: Problem;
      }
    | {
        status: 415;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    '/tokens',
    oazapfts.json({
      ...opts,
      method: 'POST',
      body,
    }),
  );
}
/**
 * List join tokens
 */
export function listTokens(
  {
    limit,
    cursor,
  }: {
    limit?: number;
    cursor?: string;
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Tokens;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/tokens${QS.query(
      QS.explode({
        limit,
        cursor,
      }),
    )}`,
    {
      ...opts,
    },
  );
}
/**
 * Revoke a join token at once
 */
export function revokeToken(id: string, opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Token;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 404;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(`/tokens/${encodeURIComponent(id)}`, {
    ...opts,
    method: 'DELETE',
  });
}
/**
 * List what happened, the newest first, refusals and their reasons included
 */
export function listEvents(
  {
    name,
    since,
    limit,
    cursor,
  }: {
    name?: string;
    since?: string;
    limit?: number;
    cursor?: string;
  } = {},
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: Events;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    `/events${QS.query(
      QS.explode({
        name,
        since,
        limit,
        cursor,
      }),
    )}`,
    {
      ...opts,
    },
  );
}
/**
 * Dry run: would this proof, name and tags be accepted, and which check fails
 */
export function checkIdentity(
  body: {
    instanceIdentity?: string | undefined;
    /** A join token or a JWT, without the word Bearer. */
    bearer?: string | undefined;
    /** The address to suppose; the operator's own otherwise. */
    sourceIp?: string | undefined;
    name?: string | undefined;
    tags?:
      | (
          | string
          | {
              [key: string]: string;
            }
          | {
              Key: string;
              Value: string;
            }[]
        )
      | undefined;
    /** The time to suppose, for looking into an old refusal; now otherwise. */
    at?: string | undefined;
  },
  opts?: Oazapfts.RequestOpts,
) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: IdentityCheck;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 401;
        data: Problem;
      }
    | {
        status: 403;
        data: Problem;
      }
    | {
        status: 413;
        data: Problem;
      }
    | {
        status: 415;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >(
    '/identity/check',
    oazapfts.json({
      ...opts,
      method: 'POST',
      body,
    }),
  );
}
/**
 * Whether the service answers
 */
export function getLiveness(opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: {
          Status: 'live';
        };
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
  >('/livez', {
    ...opts,
  });
}
/**
 * Whether it reaches its ledger and Systems Manager
 */
export function getReadiness(opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: {
          Status: 'ready' | 'not ready';
          Checks: {
            Ledger: {
              Status: 'ok' | 'failed' | 'unknown';
              Detail?: string | undefined;
            };
            SystemsManager: {
              Status: 'ok' | 'failed' | 'unknown';
              Detail?: string | undefined;
            };
          };
        };
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: {
          Status: 'ready' | 'not ready';
          Checks: {
            Ledger: {
              Status: 'ok' | 'failed' | 'unknown';
              Detail?: string | undefined;
            };
            SystemsManager: {
              Status: 'ok' | 'failed' | 'unknown';
              Detail?: string | undefined;
            };
          };
        };
      }
  >('/readyz', {
    ...opts,
  });
}
/**
 * The bootstrap script for Linux, with this address filled in
 */
export function getBootstrapForLinux(opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: string;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >('/bootstrap/linux', {
    ...opts,
  });
}
/**
 * The bootstrap script for Windows, with this address filled in
 */
export function getBootstrapForWindows(opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
        data: string;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >('/bootstrap/windows', {
    ...opts,
  });
}
/**
 * This document
 */
export function getOpenApi(opts?: Oazapfts.RequestOpts) {
  return oazapfts.fetchJson<
    | {
        status: 200;
      }
    | {
        status: 400;
        data: Problem;
      }
    | {
        status: 421;
        data: Problem;
      }
    | {
        status: 500;
        data: Problem;
      }
    | {
        status: 503;
        data: Problem;
      }
  >('/openapi.json', {
    ...opts,
  });
}
