import { describe } from 'vitest';
import { createInMemoryLedger } from './in-memory-ledger.ts';
import { indexConformance } from './index-conformance.ts';
import { ledgerConformance } from './ledger-conformance.ts';
import { NO_EVENTS } from './tables.ts';

describe('in memory, for plays', () => {
  const newLedger = async () => ({ ledger: createInMemoryLedger(), events: NO_EVENTS });
  ledgerConformance(newLedger);
  indexConformance(newLedger);
});
