import { testPlays } from './model.ts';

testPlays(['host-1']);
