import { memoryStore } from '../../src/storage/memory-store.ts';
import { describeObjectStore } from './object-store-suite.ts';
import { describeStaging } from './staging-suite.ts';

describeObjectStore('memory', async () => memoryStore());
describeStaging('memory', async () => memoryStore());
