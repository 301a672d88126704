import * as z from 'zod';
import { Policy } from './policy.ts';

/** The JSON Schema of what an operator writes: everything that has a default may be left out. */
export const policySchema = (): object => z.toJSONSchema(Policy, { io: 'input', target: 'draft-2020-12' });
