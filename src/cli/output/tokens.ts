import type { NewToken, Token } from '../../client/api.ts';
import type { Column, Listing } from './formats.ts';
import { tagText } from './tag-text.ts';

const COLUMNS: readonly Column<Token>[] = [
  { field: 'TokenId', text: ({ TokenId }) => TokenId, key: true },
  {
    field: 'Status',
    text: ({ Status }) => Status,
    color: ({ Status }) => (Status === 'Active' ? 'green' : 'yellow'),
  },
  { field: 'NamePattern', text: ({ NamePattern }) => NamePattern, key: true },
  { field: 'MaxNames', text: ({ MaxNames }) => String(MaxNames) },
  { field: 'Names', text: ({ Names }) => Names.join(','), detail: true },
  { field: 'ExpirationDate', text: ({ ExpirationDate }) => ExpirationDate },
  { field: 'Rejoin', text: ({ Rejoin }) => String(Rejoin), detail: true },
  { field: 'Cidrs', text: ({ Cidrs }) => Cidrs.join(','), detail: true },
  { field: 'CreatedDate', text: ({ CreatedDate }) => CreatedDate, detail: true },
  { field: 'CreatedBy', text: ({ CreatedBy }) => CreatedBy },
  { field: 'RevokedDate', text: ({ RevokedDate = '' }) => RevokedDate, detail: true },
  { field: 'RevokedBy', text: ({ RevokedBy = '' }) => RevokedBy, detail: true },
  { field: 'Tags', text: ({ Tags }) => tagText(Tags) },
  { field: 'Description', text: ({ Description }) => Description },
];

export const TOKENS: Listing<Token> = { columns: COLUMNS };
/** With the secret, which is shown this once. */
export const NEW_TOKEN: Listing<NewToken> = {
  columns: [{ field: 'Token', text: ({ Token: secret }) => secret }, ...COLUMNS],
};
