import { testPlays } from './model.ts';

testPlays(['host-1', 'host-2', 'host-3']);
