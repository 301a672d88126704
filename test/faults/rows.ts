import type { Door } from './door.ts';
import type { Trouble } from './expectations.ts';
import { type Fault, nameOf } from './proxy/fault.ts';

export type Service = 'ledger' | 'systemsManager';

/** How many calls meet the fault. */
export type Extent =
  | { readonly kind: 'lasting' }
  /** Of each request the first call, or that after so many. */
  | { readonly kind: 'once'; readonly after: number }
  /** The one call to Systems Manager that looks nodes up for all who wait. */
  | { readonly kind: 'look-up' };

/** One row of the matrix: all routes under one fault. */
export interface Row {
  readonly title: string;
  readonly door: Door['kind'];
  readonly service: Service;
  readonly fault: Fault;
  readonly extent: Extent;
  readonly trouble: Trouble;
}

/** A call takes longer than a try of it may. */
const QUIET: readonly Fault[] = [
  { kind: 'silent' },
  { kind: 'unanswered' },
  { kind: 'stall' },
  { kind: 'drip' },
  { kind: 'slow', ms: 8_000 },
];
/** A Systems Manager that is slow is waited for: not for ever. */
const QUIETER: readonly Fault[] = [...QUIET.slice(0, 4), { kind: 'slow', ms: 18_000 }];
const RUBBISH: readonly Fault[] = [
  { kind: 'reset', ms: 0 },
  { kind: 'reset after' },
  { kind: 'page', status: 200 },
  { kind: 'page', status: 403 },
  { kind: 'page', status: 502 },
  { kind: 'page', status: 503 },
  { kind: 'truncated', told: 'whole' },
  { kind: 'truncated', told: 'half' },
  { kind: 'empty', status: 200 },
  { kind: 'empty', status: 400 },
  { kind: 'empty', status: 429 },
  { kind: 'empty', status: 500 },
  { kind: 'error', name: 'ThrottlingException' },
  { kind: 'error', name: 'InternalServerError' },
];
const REFUSALS: readonly Fault[] = [
  { kind: 'error', name: 'AccessDeniedException' },
  { kind: 'error', name: 'ExpiredTokenException' },
];
const HARMLESS: readonly Fault[] = [{ kind: 'none' }, { kind: 'slow', ms: 300 }, { kind: 'close idle' }];

type Draft = Pick<Row, 'service' | 'fault' | 'extent' | 'trouble'>;

const LASTING: Extent = { kind: 'lasting' };
const lasting = (service: Service, trouble: Trouble, faults: readonly Fault[]): readonly Draft[] =>
  faults.map((fault) => ({ service, fault, extent: LASTING, trouble }));
const once = (service: Service, trouble: Trouble, extents: readonly Extent[]): readonly Draft[] =>
  extents.flatMap((extent) => [...QUIET, ...RUBBISH].map((fault) => ({ service, fault, extent, trouble })));
const after = (...calls: readonly number[]): readonly Extent[] =>
  calls.map((count) => ({ kind: 'once', after: count }));

const REFUSE_CONNECTIONS: Fault = { kind: 'refuse connections' };
const NO_TABLE: Fault = { kind: 'error', name: 'ResourceNotFoundException' };

const DRAFTS: readonly Draft[] = [
  ...lasting('ledger', 'slow', HARMLESS),
  ...lasting('ledger', 'ledger away', [...QUIET, ...RUBBISH, REFUSE_CONNECTIONS]),
  ...lasting('ledger', 'ledger refuses', [...REFUSALS, NO_TABLE]),
  ...lasting('systemsManager', 'slow', HARMLESS),
  ...lasting('systemsManager', 'Systems Manager slow', [{ kind: 'slow', ms: 3_000 }]),
  ...lasting('systemsManager', 'Systems Manager away', [...QUIETER, ...RUBBISH, REFUSE_CONNECTIONS]),
  ...lasting('systemsManager', 'Systems Manager refuses', REFUSALS),
  ...once('ledger', 'one ledger answer lost', after(0, 1, 2, 3)),
  ...once('systemsManager', 'one Systems Manager answer lost', [...after(0, 1), { kind: 'look-up' }]),
];

const SERVICES: Readonly<Record<Service, string>> = { ledger: 'DynamoDB', systemsManager: 'Systems Manager' };

const extentOf = (extent: Extent): string => {
  switch (extent.kind) {
    case 'lasting':
      return '';
    case 'once':
      return `, once after ${extent.after}`;
    case 'look-up':
      return ', one look-up';
  }
};

/** The rows that stand for their kinds: the longest come first, for they are played side by side. */
const SMALL: readonly string[] = [
  'server: DynamoDB silent',
  'server: Systems Manager silent',
  'lambda: DynamoDB silent',
  'server: DynamoDB unanswered, once after 0',
  'server: Systems Manager unanswered, once after 0',
  'lambda: DynamoDB an HTML page with 200',
  'lambda: Systems Manager an HTML page with 502',
  'server: DynamoDB an empty 400',
  'server: DynamoDB close idle',
  'server: DynamoDB AccessDeniedException',
  'server: DynamoDB an empty 200, once after 1',
  'server: Systems Manager AccessDeniedException',
  'server: Systems Manager an HTML page with 403, one look-up',
  'lambda: DynamoDB reset after the effect, once after 0',
];

/** Both doors lead to the same service: which of a request's calls is lost is tried out at one of them. */
const isAlike = ({ extent }: Draft, door: Door['kind']): boolean =>
  door === 'lambda' && extent.kind === 'once' && extent.after > 0;

/** Every row of the matrix. */
export const ROWS: readonly Row[] = (['server', 'lambda'] as const).flatMap((door) =>
  DRAFTS.filter((draft) => !isAlike(draft, door)).map((draft) => {
    const title = `${door}: ${SERVICES[draft.service]} ${nameOf(draft.fault)}${extentOf(draft.extent)}`;
    return { ...draft, door, title };
  }),
);

/** What `npm test` plays. @throws Error for a title that is none */
export const SMALL_ROWS: readonly Row[] = SMALL.map((title) => {
  const row = ROWS.find((candidate) => candidate.title === title);
  if (!row) throw new Error(`no row of the matrix is ${title}`);
  return row;
});

/** Of the faults that last these say enough of readiness, which a process looks into only once in a while. */
const TOLD_BY_READINESS: ReadonlySet<Fault['kind']> = new Set([
  'none',
  'silent',
  'refuse connections',
  'page',
  'error',
]);

export const isOfReadiness = ({ service, extent, fault }: Row): boolean =>
  service === 'ledger' && extent.kind === 'lasting' && TOLD_BY_READINESS.has(fault.kind);
