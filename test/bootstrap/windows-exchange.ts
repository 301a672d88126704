/**
 * What the Windows script sends and reads, as fixtures: windows.test.ts finds each in the script's syntax tree and shows
 * the API the same requests.
 */
export interface Exchange {
  /** The function that makes the URL. */
  readonly urlFunction: string;
  readonly path: string;
  /** Query fields in their order, with the value of the script's that each holds. */
  readonly query: readonly (readonly [field: string, source: string])[];
  /** The function that reads the answer, and the members that it reads. */
  readonly readFunction?: string;
  readonly members: readonly string[];
}

export const ACTIVATE: Exchange = {
  urlFunction: 'Get-ActivateUrl',
  path: '/activate',
  query: [
    ['format', 'json'],
    ['name', '$Name'],
    ['tags', '$Tags'],
  ],
  readFunction: 'Read-Activation',
  members: ['ActivationId', 'ActivationCode', 'Name', 'Region'],
};

export const TAG: Exchange = {
  urlFunction: 'Get-TagUrl',
  path: '/tag',
  query: [
    ['name', '$Name'],
    ['tags', '$Tags'],
  ],
  members: [],
};

export const PROBLEM = { readFunction: 'Read-Problem', members: ['code', 'detail', 'requestId'] } as const;

/** Values that need quoting: each character of SSM's alphabet that means something in a URL. */
export const AWKWARD = { name: 'web 1/a+b@c:d=e', tags: 'Path=/a+b,Mail=x@y.z,Größe=a b' } as const;
