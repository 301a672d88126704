/**
 * Fails while a pinned key of AWS's ends within 90 days: the one that signs the agent's installer, and the certificates
 * of instance identity documents. It is a step of continuous integration and not a test, for its verdict turns with
 * the clock.
 *
 *     node tools/pinned-keys.ts [DATE]
 */
import { endingSoon, NOTICE_DAYS } from './pinned-keys/pinned-key.ts';
import { shippedAgentKeys, shippedCertificates } from './pinned-keys/shipped-keys.ts';

const [, , date] = process.argv;
const now = date === undefined ? new Date() : new Date(date);
if (Number.isNaN(now.getTime())) {
  console.error(`error: ${date} is no date: give one such as 2027-08-01`);
  process.exit(2);
}
const keys = [...shippedAgentKeys(), ...shippedCertificates()];
const ending = endingSoon(keys, now);
console.log(
  ending.length > 0
    ? ending.join('\n')
    : `None of ${keys.length} pinned keys ends within ${NOTICE_DAYS} days.`,
);
process.exitCode = ending.length > 0 ? 1 : 0;
