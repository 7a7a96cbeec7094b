import * as v from 'valibot';
import * as vscode from 'vscode';

/**
 * The environment of a thread, with the proxy that the editor is set to: the editor leads requests of extensions through it, but not those
 * of their threads. Variables that are set already count, unless the editor is told to override them.
 */
export function proxyEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const http = vscode.workspace.getConfiguration('http');
  const text = (name: string) => {
    const parsed = v.safeParse(v.pipe(v.string(), v.trim()), http.get(name));
    return parsed.success && parsed.output !== '' ? parsed.output : undefined;
  };
  const proxy = text('proxy');
  const support = text('proxySupport');
  if (proxy === undefined || support === 'off') return env;
  const isSet = Boolean(env.HTTPS_PROXY || env.https_proxy);
  if (isSet && support !== 'override') return env;
  const around = v.safeParse(v.array(v.string()), http.get('noProxy'));
  const noProxy = around.success && around.output.length > 0 ? { NO_PROXY: around.output.join(',') } : {};
  return { ...env, HTTPS_PROXY: proxy, https_proxy: proxy, ...noProxy };
}
