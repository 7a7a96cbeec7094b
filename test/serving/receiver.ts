import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks on this machine. `answer` is asked once a request was read whole. */
export async function openReceiver(
  answer: (received: Received, ...args: Parameters<RequestListener>) => void,
  certificate?: { readonly cert: string; readonly key: string },
): Promise<{ readonly origin: string; readonly close: () => void }> {
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => answer({ headers: request.headers, body }, request, response));
  };
  const server = certificate ? createTls(certificate, listener) : createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
