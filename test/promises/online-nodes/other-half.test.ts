import { testOnlineNodes } from './property.ts';

testOnlineNodes();
