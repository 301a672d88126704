import { type CryptoKey, createLocalJWKSet, errors, type JWSHeaderParameters } from 'jose';
import * as z from 'zod';
import type { Clock } from '../../activation/clock.ts';
import { IssuerUnavailable } from '../../activation/errors.ts';
import { isPrivateOnTheWay, webAddress } from '../../web-address.ts';

/** Keys are fetched anew after this time, so that one the issuer withdrew stops counting. */
const FRESH_MS = 10 * 60_000;
/** Keys outlast an issuer that cannot be reached, but not for ever. */
const KEPT_MS = 24 * 60 * 60_000;
/** A token may name any key it likes; that alone makes no more than one fetch in this time. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000;
const FAILURE_COOLDOWN_SECONDS = 10;

/** As `globalThis.fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface IssuerKeysOptions {
  readonly issuer: string;
  /** Absent, it is read from the issuer's discovery document. */
  readonly jwksUri?: string | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** For discovery and keys together. */
  readonly timeoutMs: number;
}

export interface IssuerKeys {
  /** @throws IssuerUnavailable; any other error says that the issuer has no such key */
  keyFor(header: JWSHeaderParameters): Promise<CryptoKey>;
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** The public keys of an issuer. All that is fetched is what policy names, or the issuer that policy names. */
export const createIssuerKeys = (options: IssuerKeysOptions): IssuerKeys => {
  const { issuer, clock } = options;
  let held: { readonly find: IssuerKeys['keyFor']; readonly at: Date } | undefined;
  let failed: { readonly error: IssuerUnavailable; readonly at: Date } | undefined;
  let pending: Promise<NonNullable<typeof held>> | undefined;

  const age = ({ at }: { readonly at: Date }): number => clock().getTime() - at.getTime();

  const load = async () => {
    try {
      const find = createLocalJWKSet(await fetchKeySet(options));
      held = { find, at: clock() };
      return held;
    } catch (cause) {
      const detail = `The keys of ${issuer} cannot be fetched at the moment; try again later.`;
      failed = { error: new IssuerUnavailable(detail, FAILURE_COOLDOWN_SECONDS, { cause }), at: clock() };
      throw failed.error;
    } finally {
      pending = undefined;
    }
  };

  const refresh = async () => {
    if (failed && age(failed) < FAILURE_COOLDOWN_SECONDS * 1000) throw failed.error;
    pending ??= load();
    return pending;
  };

  const current = async () => {
    if (held && age(held) < FRESH_MS) return held;
    try {
      return await refresh();
    } catch (error) {
      if (held && age(held) < KEPT_MS) return held;
      throw error;
    }
  };

  return {
    keyFor: async (header) => {
      const keys = await current();
      try {
        return await keys.find(header);
      } catch (error) {
        const mayBeNew = error instanceof errors.JWKSNoMatchingKey && age(keys) >= UNKNOWN_KEY_COOLDOWN_MS;
        if (!mayBeNew) throw error;
        return (await refresh()).find(header);
      }
    },
  };
};

const fetchKeySet = async ({ issuer, jwksUri, fetch, timeoutMs }: IssuerKeysOptions) => {
  const signal = AbortSignal.timeout(timeoutMs);
  const fetchJson = async (url: string): Promise<unknown> => {
    // A redirect would lead to an address that policy does not name.
    const response = await fetch(url, {
      signal,
      redirect: 'manual',
      headers: { accept: 'application/json' },
    });
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    return response.json();
  };
  const discovered = async (): Promise<string> => {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    return discoveryDocument(issuer).parse(await fetchJson(url)).jwks_uri;
  };
  return KeySet.parse(await fetchJson(jwksUri ?? (await discovered())));
};

/** OpenID Connect Discovery 1.0, sections 3 and 4.3: the issuer is to be the one that was asked. */
const discoveryDocument = (issuer: string) =>
  z.object({
    issuer: z.literal(issuer),
    // Plain HTTP is for keys on this machine, and never for those of an issuer that has https.
    jwks_uri: z.url({ protocol: issuer.startsWith('https:') ? /^https$/ : /^https?$/ }).refine((text) => {
      const address = webAddress(text);
      return address !== undefined && isPrivateOnTheWay(address);
    }, 'must be https'),
  });
