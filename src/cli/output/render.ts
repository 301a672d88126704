import { Failure } from '../failure.ts';
import type { Format, Listing } from './formats.ts';

export interface View {
  readonly format: Format;
  /** Of the terminal; absent, nothing is cut. */
  readonly width?: number | undefined;
  readonly colorful: boolean;
  /** Is told what there was no room for. */
  readonly note?: (message: string) => void;
}

/** Entries come in batches, as pages do: what is there is shown before the next one is waited for. */
export type Batches<T> = AsyncIterable<readonly T[]> | Iterable<readonly T[]>;

/** Entries as text in the wanted format; what makes it is loaded when it is wanted. @throws Failure */
export async function* render<T>(
  batches: Batches<T>,
  listing: Listing<T>,
  view: View,
): AsyncGenerator<string> {
  const entries = eachOf(batches);
  const own = listing.formats?.[view.format];
  if (own) {
    yield* own(entries);
    return;
  }
  switch (view.format) {
    case 'table':
      yield* (await import('./table.ts')).asTable(batches, listing.columns, view);
      return;
    case 'csv':
      yield* (await import('./csv.ts')).asCsv(entries, listing.columns);
      return;
    case 'yaml':
      yield* (await import('./yaml.ts')).asYaml(entries);
      return;
    case 'json':
      yield* (await import('./json.ts')).asJson(entries);
      return;
    case 'ndjson':
      yield* (await import('./json.ts')).asJsonLines(entries);
      return;
    case 'ansible':
    case 'ssh-config':
    case 'hosts':
      throw new Failure(
        'usage',
        `-o ${view.format} is for the nodes that \`nodes list\` and \`nodes show\` give.`,
      );
  }
}

/** One entry by itself: all its fields, a line each; as JSON and YAML not in a list. */
export async function* renderOne<T>(entry: T, listing: Listing<T>, view: View): AsyncGenerator<string> {
  switch (view.format) {
    case 'table':
      yield (await import('./record.ts')).asRecord(entry, listing.columns, view);
      return;
    case 'json':
      yield `${(await import('../../printable-json.ts')).printableJson(entry, 2)}\n`;
      return;
    case 'yaml':
      yield (await import('./yaml.ts')).yamlOf(entry);
      return;
    default:
      yield* render([[entry]], listing, view);
  }
}

async function* eachOf<T>(batches: Batches<T>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}
