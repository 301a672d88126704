import { type Fault, HEALTHY } from './fault.ts';

/** One call as the proxy sees it. */
export interface ProxiedCall {
  /** What `x-amz-target` names, such as `PutItem`. */
  readonly operation: string;
  readonly body: string;
}

/** Which calls meet a fault; without any restriction all do, for the time being. */
export interface Rule {
  readonly fault: Fault;
  readonly operations?: readonly string[];
  /** Only calls whose body holds one of these texts. */
  readonly mentioning?: readonly string[];
  /** So many calls that would fit are let through first. */
  readonly after?: number;
  /** So many calls meet it; then it is over. */
  readonly times?: number;
}

const fits = ({ operations, mentioning }: Rule, { operation, body }: ProxiedCall): boolean =>
  (operations === undefined || operations.includes(operation)) &&
  (mentioning === undefined || mentioning.some((text) => body.includes(text)));

/** The rules in force: the first that fits a call and is not over decides about it. */
export const createRules = () => {
  let inForce: { readonly rule: Rule; met: number }[] = [];
  return {
    replace: (rules: readonly Rule[]): void => {
      inForce = rules.map((rule) => ({ rule, met: 0 }));
    },
    faultOf: (call: ProxiedCall): Fault => {
      for (const entry of inForce) {
        const { after = 0, times = Number.POSITIVE_INFINITY, fault } = entry.rule;
        if (!fits(entry.rule, call) || entry.met >= after + times) continue;
        entry.met += 1;
        return entry.met > after ? fault : HEALTHY;
      }
      return HEALTHY;
    },
  };
};
