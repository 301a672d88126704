import { NameNotAllowed } from '../activation/errors.ts';
import { type InstanceName, looksLikeEc2InstanceId } from '../activation/instance-name.ts';
import { matchesAny } from './pattern.ts';

/** Which names a proven caller may have. */
export interface NameRules {
  /** The name that the proof itself proves. */
  readonly proven?: InstanceName | undefined;
  /** Other names that policy leaves to it. */
  readonly patterns: readonly string[];
  /** Names must match one of these besides, where they are given. */
  readonly within?: readonly string[] | undefined;
  /** The EC2 instance that the caller proved to be. */
  readonly ec2InstanceId?: InstanceName | undefined;
  /** Names that look like EC2 instance ids are kept for the instances themselves. */
  readonly ec2NamesReserved: boolean;
}

/** @throws NameNotAllowed */
export const requireNameAllowed = (rules: NameRules, name: InstanceName): void => {
  const { proven, patterns, within, ec2InstanceId, ec2NamesReserved } = rules;
  if (ec2NamesReserved && looksLikeEc2InstanceId(name) && name !== ec2InstanceId) {
    throw new NameNotAllowed(`Only the identity document of ${name} itself can claim that name.`);
  }
  const inBounds = within === undefined || matchesAny(within, name);
  if (inBounds && (name === proven || matchesAny(patterns, name))) return;
  const unmatched = within === undefined || inBounds ? patterns : within;
  const refused =
    proven === undefined
      ? `Policy does not let this caller have the name ${name}`
      : `Policy lets this caller have the name ${proven}, not ${name}`;
  throw new NameNotAllowed(`${refused}${whyUnmatched(unmatched, name)}.`);
};

/** How many patterns a refusal lists. */
const MOST_LISTED = 5;

/** Which patterns refused, and whether it was for capitals: to a reader `WEB-1` is what `web-*` is for. */
const whyUnmatched = (patterns: readonly string[], name: string): string => {
  if (patterns.length === 0) return '';
  const listed = patterns.slice(0, MOST_LISTED).join(', ');
  const more = patterns.length > MOST_LISTED ? ` and ${patterns.length - MOST_LISTED} more` : '';
  const folded = patterns.map((pattern) => pattern.toLowerCase());
  const caseAlone = matchesAny(folded, name.toLowerCase()) ? ', in which capitals count' : '';
  return `: it does not match ${listed}${more}${caseAlone}`;
};
