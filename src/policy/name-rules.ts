import { NameNotAllowed } from '../activation/errors.ts';
import { type InstanceName, looksLikeEc2InstanceId } from '../activation/instance-name.ts';
import { matchesAny } from './pattern.ts';

/** Which names a proven caller may have. */
export interface NameRules {
  /** The name that the proof itself proves is always the caller's. */
  readonly proven?: InstanceName | undefined;
  readonly patterns: readonly string[];
  /** Names like EC2 instance ids are kept for the instances themselves. */
  readonly ec2NamesReserved: boolean;
}

/** @throws NameNotAllowed */
export const requireNameAllowed = (
  { proven, patterns, ec2NamesReserved }: NameRules,
  name: InstanceName,
): void => {
  if (name === proven && !(ec2NamesReserved && looksLikeEc2InstanceId(name))) return;
  if (ec2NamesReserved && looksLikeEc2InstanceId(name)) {
    throw new NameNotAllowed(
      `${name} looks like an EC2 instance id: only that instance's identity document can claim it.`,
    );
  }
  if (matchesAny(patterns, name)) return;
  throw new NameNotAllowed(
    proven === undefined
      ? `Policy does not let this caller have the name ${name}.`
      : `Policy lets this caller have the name ${proven}, not ${name}.`,
  );
};
