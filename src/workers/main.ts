import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';

const { role } = v.parse(v.object({ role: v.picklist(['bytes', 'inspect', 'registry']) }), workerData);

if (parentPort) {
  const port = parentPort;
  switch (role) {
    case 'bytes':
      void import('./bytes.ts').then(({ serveBytes }) => serveBytes(port, workerData));
      break;
    case 'inspect':
      void import('./inspect.ts').then(({ serveInspections }) => serveInspections(port));
      break;
    case 'registry':
      void import('./registry.ts').then(({ serveRegistry }) => serveRegistry(port, workerData));
      break;
  }
}
