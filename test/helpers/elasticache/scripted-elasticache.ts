import { createServer } from 'node:http';
import type { ElastiCacheOptions } from '../../../src/datasources/elasticache/calls.js';
import { once } from 'node:events';
import {
  createElastiCacheControlPlane,
  type ElastiCacheControlPlane,
} from '../../../src/datasources/elasticache/control-plane.js';

export type Answer =
  | { readonly result: string }
  | { readonly error: string; readonly message: string; readonly status?: number }
  | { readonly status: number; readonly body: string }
  /** Cuts the connection after the request has arrived. */
  | 'cut'
  /** Never answers the request. */
  | 'silence';

export interface ScriptedElastiCache extends AsyncDisposable {
  readonly endpoint: string;
  readonly requests: URLSearchParams[];
  /** The real SDK with this endpoint. */
  readonly controlPlane: ElastiCacheControlPlane;
}

/** An HTTP server with ElastiCache's protocol whose answers the test defines, by action and request. */
export async function startScriptedElastiCache(
  answer: (action: string, request: URLSearchParams) => Answer,
): Promise<ScriptedElastiCache> {
  const requests: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const parameters = new URLSearchParams(Buffer.concat(chunks).toString());
      const action = parameters.get('Action') ?? '';
      requests.push(parameters);
      const scripted = answer(action, parameters);
      if (scripted === 'silence') return;
      if (scripted === 'cut') {
        request.socket.destroy();
        return;
      }
      response.writeHead('status' in scripted ? (scripted.status ?? 400) : 'error' in scripted ? 400 : 200, {
        'content-type': 'text/xml',
      });
      response.end(xmlOf(action, scripted));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP address.');
  const endpoint = `http://127.0.0.1:${address.port}`;
  const controlPlane = pointedAt(endpoint);
  return {
    endpoint,
    requests,
    controlPlane,
    async [Symbol.asyncDispose]() {
      controlPlane.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The real SDK with credentials that every local endpoint accepts. */
export function pointedAt(endpoint: string, log?: ElastiCacheOptions['log']): ElastiCacheControlPlane {
  return createElastiCacheControlPlane({
    log,
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

function xmlOf(action: string, answer: Exclude<Answer, 'cut' | 'silence'>): string {
  const xmlns = 'xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"';
  if ('body' in answer) return answer.body;
  if ('error' in answer) {
    return `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>${answer.error}</Code><Message>${answer.message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  }
  return `<${action}Response ${xmlns}><${action}Result>${answer.result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
}
