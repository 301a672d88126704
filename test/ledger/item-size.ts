import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const MOST_ITEM_BYTES = 400 * 1024;

type Item = Readonly<Record<string, AttributeValue>>;

/** As DynamoDB counts an item: names of attributes and texts in UTF-8, 3 bytes for a list or map and 1 for each member. */
export const itemSize = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);

const valueSize = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return value.N.length;
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 3);
  if (value.L !== undefined) return value.L.reduce((sum, member) => sum + valueSize(member) + 1, 3);
  if (value.M !== undefined) return 3 + itemSize(value.M) + Object.keys(value.M).length;
  return 1;
};

/** Makes an embedded DynamoDB, which counts characters, refuse what DynamoDB would: the write fails for good. */
export const refuseOversizedItems = (client: DynamoDBClient): void => {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { input } = args;
      if ('Item' in input && input.Item) requireSize(input.Item);
      const answer = await next(args);
      if ('UpdateExpression' in input && isUpdate(input)) requireSize(await itemAt(client, input));
      return answer;
    },
    { step: 'initialize', name: 'refuseOversizedItems', override: true },
  );
};

const isUpdate = (input: object): input is UpdateItemCommandInput => 'Key' in input;

const itemAt = async (client: DynamoDBClient, { TableName, Key }: UpdateItemCommandInput): Promise<Item> => {
  const { Item = {} } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item;
};

const requireSize = (item: Item): void => {
  const size = itemSize(item);
  if (size > MOST_ITEM_BYTES)
    throw new Error(`Item size has exceeded the maximum allowed size: ${size} bytes`);
};
