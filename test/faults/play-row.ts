import { type Cast, gather, nameIn } from './cast.ts';
import type { Answer, Call, Door } from './door.ts';
import { type Expected, expectations } from './expectations.ts';
import type { FaultProxy } from './proxy/fault-proxy.ts';
import type { Rule } from './proxy/rules.ts';
import { ROUTE_NAMES, ROUTES, type RouteName } from './routes.ts';
import { isOfReadiness, type Row } from './rows.ts';
import type { Stage } from './stage.ts';
import { type Holds, shortcomings } from './verdict.ts';

export interface Cell {
  readonly route: RouteName | 'after healing';
  readonly answer: Answer;
  readonly expected: Expected;
  /** What is wrong with the answer; empty when nothing is. */
  readonly wrong: readonly string[];
}

const LOOK_UP = 'DescribeInstanceInformation';
const CHANGES = ['CreateActivation', 'DeleteActivation', 'AddTagsToResource', 'DeregisterManagedInstance'];

/** The fault of each request is its own: one answer of its calls is lost, whatever others ask at that moment. */
const rulesOf = ({ service, fault, extent }: Row, cast: Cast): readonly Rule[] => {
  switch (extent.kind) {
    case 'lasting':
      return [{ fault }];
    case 'look-up':
      return [{ fault, operations: [LOOK_UP], times: 1 }];
    case 'once':
      return ROUTE_NAMES.map((route) => ({
        fault,
        mentioning: ROUTES[route].marks(cast),
        after: extent.after,
        times: 1,
        // A look-up is for many at once: it has a row of its own.
        ...(service === 'systemsManager' && { operations: CHANGES }),
      }));
  }
};

export const HEALED_SECONDS = 5;

/** Whether a row's cast asks this in the form that is played. */
export type Asks = (expected: Expected) => boolean;

export interface PlayedRow {
  readonly cast: Cast;
  readonly cells: readonly Cell[];
}

/** Makes all of a row's requests at once while its fault is there, and one when it is over. */
export const playRow = async (
  row: Row,
  key: string,
  stage: Stage,
  door: Door,
  asks: Asks,
  holds: Holds,
): Promise<PlayedRow> => {
  const proxy: FaultProxy = stage[row.service];
  const cast = await gather(stage, door, key);
  const cell = async (route: Cell['route'], call: Call, expected: Expected): Promise<Cell> => {
    const answer = await door.ask(call);
    return { route, answer, expected, wrong: shortcomings(answer, expected, holds) };
  };
  const expected = expectations(row.trouble, row.door);
  const asked = ROUTE_NAMES.filter(
    (route) => asks(expected(route)) && (route !== 'GET /readyz' || isOfReadiness(row)),
  );
  await proxy.set(...rulesOf(row, cast));
  const cells = await Promise.all(
    asked.map((route) => cell(route, ROUTES[route].call(cast), expected(route))),
  );
  await stage.heal();
  const another: Call = { method: 'GET', path: '/activate', query: { name: nameIn(key, 'healed') } };
  const healed = { status: 200, withinSeconds: HEALED_SECONDS };
  return { cast, cells: [...cells, await cell('after healing', another, healed)] };
};
