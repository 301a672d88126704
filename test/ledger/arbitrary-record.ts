import * as fc from 'fast-check';
import { ActivationId, AttemptId, ManagedNodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { ProofKind } from '../../src/activation/principal.ts';
import type { NameRecord } from '../../src/activation/record.ts';

const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const legalCharacter = fc.constantFrom(...'abcXYZ019 _.:/=+-@äßñ中文अ\u00a0', '𝒳');
const legalText = fc.string({ unit: legalCharacter, maxLength: 20 });
const tagKey = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: legalCharacter, minLength: 1, maxLength: 20 }) },
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'NULL', 'S'),
);
const tags = fc.dictionary(tagKey, legalText, {
  maxKeys: 5,
  noNullPrototype: true,
});
const uuid = fc.uuid();
const activationId = uuid.map((id) => ActivationId.parse(id));
const attemptId = uuid.map((id) => AttemptId.parse(id));
const nodeId = fc
  .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 17, maxLength: 17 })
  .map((hex) => ManagedNodeId.parse(`mi-${hex}`));
const grant = fc.constantFrom('first', 'retry', 'rejoin', 'release');
/** An optional field is absent, or there; never there and undefined, which no store can tell from absent. */
const principal = fc.record(
  {
    proof: fc.constantFrom(...ProofKind.options),
    subject: fc.string({ unit: 'grapheme' }),
    madeAt: instant,
    mayRejoin: fc.boolean(),
  },
  { requiredKeys: ['proof', 'subject', 'mayRejoin'] },
);

export const instanceName = fc
  .string({ unit: legalCharacter, minLength: 1, maxLength: 256 })
  .filter((name) => InstanceName.safeParse(name).success)
  .map((name) => InstanceName.parse(name));

/** Any record that the rules could write, and many that they would not. */
export const nameRecord: fc.Arbitrary<NameRecord> = fc.record(
  {
    name: instanceName,
    revision: uuid,
    earlierRevisions: fc.array(uuid, { maxLength: 8 }),
    attempt: fc.record(
      { id: attemptId, principal, grant, replaces: nodeId, tags, leaseUntil: instant },
      { requiredKeys: ['id', 'principal', 'grant', 'tags', 'leaseUntil'] },
    ),
    activation: fc.record(
      {
        id: activationId,
        attemptId,
        principal,
        grant,
        replaces: nodeId,
        tags,
        issuedAt: instant,
        expiresAt: instant,
      },
      { requiredKeys: ['id', 'attemptId', 'principal', 'grant', 'tags', 'issuedAt', 'expiresAt'] },
    ),
    node: fc.record(
      {
        id: nodeId,
        activationId,
        principal,
        registeredAt: instant,
        linkedAt: instant,
        seenOnline: fc.boolean(),
        doubtedUntil: instant,
        tags,
        unappliedTags: fc.array(legalText, { maxLength: 3 }),
        lateTags: fc.dictionary(tagKey, instant, { maxKeys: 5, noNullPrototype: true }),
      },
      {
        requiredKeys: [
          'id',
          'activationId',
          'principal',
          'registeredAt',
          'linkedAt',
          'seenOnline',
          'tags',
          'unappliedTags',
        ],
      },
    ),
    newcomer: fc.record({
      id: nodeId,
      activationId,
      registeredAt: instant,
      settlesAt: instant,
      seenOnline: fc.boolean(),
    }),
    ended: fc.constantFrom('expired', 'revoked', 'deregistered'),
    released: fc.boolean(),
    followUps: fc.record({
      of: principal,
      changes: fc.dictionary(tagKey, fc.option(legalText), { maxKeys: 5, noNullPrototype: true }),
    }),
    superseded: fc.array(
      fc.record(
        {
          id: activationId,
          principal,
          grant,
          replaces: nodeId,
          tags,
          issuedAt: instant,
          since: instant,
          deleted: fc.boolean(),
          standing: fc.constantFrom('stands', 'stripped', 'disowned', 'decided'),
        },
        { requiredKeys: ['id', 'principal', 'grant', 'tags', 'issuedAt', 'since', 'deleted', 'standing'] },
      ),
      { maxLength: 3 },
    ),
    strayAttempts: fc.array(fc.record({ id: attemptId, since: instant }), { maxLength: 3 }),
    replacedNodes: fc.array(fc.record({ id: nodeId, registeredAt: instant }), { maxLength: 3 }),
    dueAt: instant,
  },
  {
    requiredKeys: [
      'name',
      'revision',
      'earlierRevisions',
      'released',
      'superseded',
      'strayAttempts',
      'replacedNodes',
    ],
  },
);
