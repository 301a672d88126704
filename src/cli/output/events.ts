import type { Event } from '../../client/api.ts';
import type { Listing } from './formats.ts';
import { tagText } from './tag-text.ts';

export const EVENTS: Listing<Event> = {
  columns: [
    { field: 'EventTime', text: ({ EventTime }) => EventTime, key: true },
    { field: 'Event', text: ({ Event: kind }) => kind, color: ({ Code }) => (Code ? 'yellow' : undefined) },
    { field: 'Name', text: ({ Name = '' }) => Name, key: true },
    { field: 'Identity', text: ({ Identity: { Proof, Subject } }) => `${Proof} ${Subject}`.trim() },
    { field: 'InstanceId', text: ({ InstanceId = '' }) => InstanceId },
    { field: 'ActivationId', text: ({ ActivationId = '' }) => ActivationId, detail: true },
    { field: 'Tags', text: ({ Tags }) => tagText(Tags), detail: true },
    { field: 'Code', text: ({ Code = '' }) => Code },
    { field: 'Count', text: ({ Count = '' }) => String(Count) },
    { field: 'Detail', text: ({ Detail = '' }) => Detail, key: true },
    { field: 'LastEventTime', text: ({ LastEventTime = '' }) => LastEventTime, detail: true },
    { field: 'RequestId', text: ({ RequestId = '' }) => RequestId, detail: true },
    { field: 'EventId', text: ({ EventId }) => EventId, detail: true },
  ],
};
