import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item, or its key, as plain values. */
export type Document = Readonly<Record<string, unknown>>;

/**
 * A document as DynamoDB has it: moments as ISO 8601 text, no half of a surrogate pair, and nothing of what is undefined. What the SDK has for this
 * knows no moments, tells objects by their `constructor`, which is also a key that a tag may have, and is dearer.
 */
export const toAttributes = (document: object): Record<string, AttributeValue> => {
  const attributes: Record<string, AttributeValue> = {};
  const members: readonly (readonly [string, unknown])[] = Object.entries(document);
  for (const [key, value] of members) {
    if (value !== undefined) attributes[key.toWellFormed()] = toAttribute(value);
  }
  return attributes;
};

const toAttribute = (value: unknown): AttributeValue => {
  switch (typeof value) {
    case 'string':
      return { S: value.toWellFormed() };
    case 'number':
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      return ofObject(value);
    default:
      throw new TypeError(`DynamoDB has nothing for a ${typeof value}`);
  }
};

const ofObject = (value: object | null): AttributeValue => {
  if (value === null) return { NULL: true };
  if (value instanceof Date) return { S: value.toISOString() };
  if (value instanceof Set) return { SS: [...value].map((one) => String(one).toWellFormed()) };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  return { M: toAttributes(value) };
};
