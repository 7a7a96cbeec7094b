import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';

if (parentPort) {
  const { role } = v.parse(
    v.object({ role: v.picklist(['bytes', 'importing', 'inspect', 'log', 'predictions', 'registry', 'runs']) }),
    workerData,
  );
  const port = parentPort;
  switch (role) {
    case 'bytes':
      void import('./bytes.ts').then(({ serveBytes }) => serveBytes(port, workerData));
      break;
    case 'importing':
      void import('./importing.ts').then(({ serveImporting }) => serveImporting(port));
      break;
    case 'inspect':
      void import('./inspect.ts').then(({ serveInspections }) => serveInspections(port));
      break;
    case 'log':
      void import('./read-log.ts').then(({ serveLog }) => serveLog(port, workerData));
      break;
    case 'predictions':
      void import('./predictions.ts').then(({ servePredictions }) => servePredictions(port));
      break;
    case 'registry':
      void import('./registry.ts').then(({ serveRegistry }) => serveRegistry(port, workerData, __filename));
      break;
    case 'runs':
      void import('./read-runs.ts').then(({ serveRuns }) => serveRuns(port));
      break;
  }
} else if (process.argv[2] === 'build-catalog') {
  void import('./build-catalog.ts').then(({ serveBuild }) => serveBuild(process.argv[3], __filename));
}
