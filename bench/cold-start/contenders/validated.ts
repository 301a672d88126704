import * as z from 'zod';
import { deadlineIn } from '../../../src/activation/deadline.ts';
import { ActivateQuery } from '../../../src/http/machine-schemas.ts';
import { admitToActivate } from '../../../src/identity/admission.ts';
import { createCheckTrail } from '../../../src/identity/check-trail.ts';
import { createInstanceIdentityProof } from '../../../src/identity/instance-identity-proof.ts';
import { readPolicy } from '../../../src/policy/read-policy.ts';

const { instanceIdentity } = await readPolicy(process.env['POLICY_FILE']);
if (!instanceIdentity) throw new Error('the policy does not accept instance identity documents');
const proof = createInstanceIdentityProof(instanceIdentity, 3_600_000);

const Header = z.string();

/** The service's own validation: of the query, of the document that proves who is calling, and by policy. */
export const validated = async (query: unknown, document: unknown) => {
  const wish = ActivateQuery.parse(query);
  const trail = createCheckTrail();
  const task = { deadline: deadlineIn(20_000, { clock: () => new Date() }) };
  const evidence = { sourceIp: '10.0.1.2', instanceIdentity: Header.parse(document) };
  return admitToActivate(await proof.examine(evidence, new Date(), trail, task), wish, trail);
};
