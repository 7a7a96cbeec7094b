import { createHmac } from 'node:crypto';

/** What goes with a delivery, so that the receiver can tell who sent it, and when. */
export interface DeliveryHeaders {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/**
 * The headers of MLflow's webhooks: the signature is `v1,` and the Base64 of the HMAC-SHA256 of `<id>.<timestamp>.<body>`. Without a secret
 * there is none.
 */
export function signedHeaders(
  { id, timestamp }: DeliveryHeaders,
  body: string,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const unsigned = { 'X-MLflow-Delivery-Id': id, 'X-MLflow-Timestamp': String(timestamp) };
  if (secret === undefined) return unsigned;
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...unsigned, 'X-MLflow-Signature': `v1,${signature}` };
}
